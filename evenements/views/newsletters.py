from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from ecms import limits
from ecms.api.exports import ExportMixin
from ecms.api.serializers import DetailSerializer
from ecms.api.viewsets import ScopedModelViewSet
from evenements.exports import NEWSLETTERS
from evenements.filters.newsletters import NewsletterFilter
from evenements.models import Newsletter
from evenements.serializers.newsletters import (
    DateEnvoiSerializer,
    NewsletterListSerializer,
    NewsletterSerializer,
)
from evenements.services import newsletters as services
from mairies.models import MairieQuerySet


class NewsletterViewSet(ExportMixin, ScopedModelViewSet):
    """The letters of a mairie, for its agents: drafts are written, planned and sent."""

    queryset = Newsletter.objects.select_related("mairie").defer(*MairieQuerySet.pages_of("mairie"))
    filterset_class = NewsletterFilter
    columns, export_name, exported_with = NEWSLETTERS, "newsletters", ("auteur",)

    def get_queryset(self):
        queryset = super().get_queryset()
        return queryset.defer("contenu") if self.is_list else queryset

    def get_serializer_class(self):
        return NewsletterListSerializer if self.action == "list" else NewsletterSerializer

    def perform_create(self, serializer):
        mairie = self.own_mairie(serializer.validated_data)
        newsletter = Newsletter(mairie=mairie, **serializer.validated_data)
        serializer.instance = services.creer_newsletter(newsletter, auteur=self.request.user)
        self.check_in_scope(serializer.instance)

    def perform_update(self, serializer):
        for name, value in serializer.validated_data.items():
            setattr(serializer.instance, name, value)
        services.modifier_newsletter(serializer.instance)

    def perform_destroy(self, instance):
        services.supprimer_newsletter(instance)

    @extend_schema(request=DateEnvoiSerializer, responses=NewsletterSerializer)
    @action(detail=True, methods=["post"])
    def planifier(self, request, pk=None):
        """Let it leave at a moment to come; again changes the moment."""
        newsletter = self.get_object()
        serializer = DateEnvoiSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return self._dite(services.planifier(newsletter, **serializer.validated_data))

    @extend_schema(request=None, responses=NewsletterSerializer)
    @action(detail=True, methods=["post"])
    def envoyer(self, request, pk=None):
        """Let it leave now."""
        return self._dite(services.envoyer(self.get_object()))

    @extend_schema(request=None, responses=NewsletterSerializer)
    @action(detail=True, methods=["post"])
    def deplanifier(self, request, pk=None):
        """Take a planned letter back: it is a draft again."""
        return self._dite(services.deplanifier(self.get_object()))

    @extend_schema(request=None, responses={202: DetailSerializer})
    @action(detail=True, methods=["post"])
    def apercu(self, request, pk=None):
        """Mail it to oneself alone."""
        newsletter = self.get_object()
        limits.count("message", f"compte {request.user.pk}")
        services.envoyer_apercu(newsletter, par=request.user)
        detail = _("L'aperçu part à votre adresse : %(email)s.") % {"email": request.user.email}
        return Response({"detail": detail}, status=202)

    def _dite(self, newsletter) -> Response:
        return Response(self.get_serializer(newsletter).data)
