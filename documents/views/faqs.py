from django.db.models import Count
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action

from documents.exports import QUESTIONS
from documents.filters.faqs import FAQFilter
from documents.models import FAQ
from documents.serializers.faqs import CategorieSerializer, FAQSerializer
from documents.views.mairie_demandee import MAIRIE, mairie_demandee
from ecms.api.exports import ExportMixin
from ecms.api.pagination import OnePage
from ecms.api.viewsets import ScopedModelViewSet
from mairies.models import MairieQuerySet


class FAQViewSet(ExportMixin, ScopedModelViewSet):
    """Questions that people keep asking, with the answers of their mairie."""

    queryset = FAQ.objects.select_related("mairie").defer(*MairieQuerySet.pages_of("mairie"))
    serializer_class = FAQSerializer
    filterset_class = FAQFilter
    is_public = True
    columns, export_name = QUESTIONS, "faqs"

    @extend_schema(parameters=[MAIRIE], responses=CategorieSerializer(many=True))
    @action(detail=False, pagination_class=OnePage, filterset_class=None)
    def categories(self, request):
        """The categories of a mairie, with how many questions of each the caller can read."""
        rows = FAQ.objects.visible_to(request.user).filter(mairie=mairie_demandee(request))
        counted = rows.order_by("categorie").values("categorie").annotate(nombre=Count("pk"))
        page = self.paginate_queryset(counted)
        return self.get_paginated_response(CategorieSerializer(page, many=True).data)
