from django.db.models import F
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from documents.exports import PAGES, pages_avec_parent
from documents.filters.pages import PageFilter
from documents.menu import menu_de
from documents.models import PageCMS
from documents.serializers.pages import MenuSerializer, PageListSerializer, PageSerializer
from documents.services import pages as services
from documents.views.mairie_demandee import MAIRIE, mairie_demandee
from ecms.api.exports import ExportMixin
from ecms.api.viewsets import ScopedModelViewSet, SlugOrIdMixin
from mairies.models import MairieQuerySet


class PageViewSet(ExportMixin, SlugOrIdMixin, ScopedModelViewSet):
    """The lasting pages. Found by id everywhere, by slug with `?mairie=`."""

    queryset = (
        PageCMS.objects.select_related("mairie")
        .defer(*MairieQuerySet.pages_of("mairie"))
        .annotate(statut_du_parent=F("parent__statut"))
    )
    filterset_class = PageFilter
    is_public = True
    columns, export_name = PAGES, "pages"

    def get_queryset(self):
        queryset = super().get_queryset()
        return queryset.defer("contenu") if self.is_list else queryset

    def exported(self):
        return pages_avec_parent(super().exported())

    def get_serializer_class(self):
        return PageListSerializer if self.action == "list" else PageSerializer

    @extend_schema(parameters=[OpenApiParameter("mairie", description="With a slug.")])
    def retrieve(self, request, *args, **kwargs):
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(parameters=[MAIRIE], responses=MenuSerializer)
    @action(detail=False, pagination_class=None, filterset_class=None)
    def menu(self, request):
        """The published pages of a mairie as a tree, the same for everybody."""
        mairie = mairie_demandee(request)
        return Response(MenuSerializer({"mairie": mairie, "pages": menu_de(mairie)}).data)

    def perform_create(self, serializer):
        mairie = self.own_mairie(serializer.validated_data)
        page = PageCMS(mairie=mairie, **serializer.validated_data)
        serializer.instance = services.creer_page(page)
        self.check_in_scope(serializer.instance)

    def perform_update(self, serializer):
        for name, value in serializer.validated_data.items():
            setattr(serializer.instance, name, value)
        services.modifier_page(serializer.instance)

    def perform_destroy(self, instance):
        services.supprimer_page(instance)
