"""`recherche`: one question to all that the mairies publish."""

from datetime import date

from django.apps import apps
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView

from ecms.api.caching import max_age_until
from ecms.api.pagination import CappedPagination
from ecms.api.serializers import MairieField
from ecms.api.viewsets import ConditionalReads
from ecms.recherche import Filters, Found, Query, declared, described, next_change

MAX_QUERY_LENGTH = 200
PLAUSIBLE = [MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2199, 12, 31))]


class MairieQuerySerializer(serializers.Serializer):
    """`?mairie=<slug>` of what is asked of all apps at once."""

    mairie = MairieField(
        queryset=apps.get_model("mairies.Mairie").objects.all(),
        required=False,
        help_text="The slug of one mairie; without it, the whole country.",
    )


class RechercheQuerySerializer(MairieQuerySerializer):
    q = serializers.CharField(
        max_length=MAX_QUERY_LENGTH,
        help_text='Words, "a phrase", -without, one or other. Accents and case do not matter.',
    )
    type = serializers.CharField(required=False, help_text="One type or several, with commas.")
    depuis = serializers.DateField(required=False, validators=PLAUSIBLE)
    jusqua = serializers.DateField(required=False, validators=PLAUSIBLE)

    def validate_type(self, value):
        types = frozenset(filter(None, (name.strip() for name in value.split(","))))
        known = {searchable.name for searchable in declared()}
        if types - known:
            choices = ", ".join(sorted(known))
            raise serializers.ValidationError(_("Types connus : {}.").format(choices))
        return types


class ResultatSerializer(serializers.Serializer):
    type = serializers.CharField()
    type_display = serializers.CharField()
    id = serializers.IntegerField()
    slug = serializers.CharField(allow_null=True)
    mairie = serializers.CharField(help_text="Its slug.")
    mairie_nom = serializers.CharField()
    titre = serializers.CharField(help_text="Plain text.")
    extrait = serializers.CharField(help_text="HTML: escaped text with `<mark>`, no other tag.")
    date = serializers.DateTimeField()


class RecherchePagination(CappedPagination):
    max_page_size = 50

    def count_up_to(self, limit, queryset):
        return queryset.count_up_to(limit)


class RechercheView(ConditionalReads, GenericAPIView):
    """News, documents, pages, questions, events, procedures and projects that say these words."""

    unscoped = "every row comes from `visible_to_public` of its model, for everybody"
    is_public = True
    serializer_class = ResultatSerializer
    pagination_class = RecherchePagination
    filter_backends = []

    @extend_schema(parameters=[RechercheQuerySerializer], responses=ResultatSerializer(many=True))
    def get(self, request):
        asked = read_query(RechercheQuerySerializer, request)
        query = Query(asked.pop("q"))
        filters = Filters(types=asked.pop("type", frozenset()), **asked)
        page = self.paginate_queryset(Found(query, filters))
        rows = self.get_serializer(described(query, page), many=True).data
        return self.get_paginated_response(rows)

    def max_age(self) -> int:
        return max_age_until(next_change())


def read_query(serializer_class, request) -> dict:
    """What the query string asks for; a parameter left empty is one not given."""
    given = {name: value for name, value in request.query_params.items() if value}
    serializer = serializer_class(data=given, context={"request": request})
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data
