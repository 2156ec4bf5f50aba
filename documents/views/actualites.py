from django.db.models import F
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from documents.exports import ACTUALITES
from documents.filters.actualites import ActualiteFilter
from documents.models import Actualite
from documents.serializers.actualites import ActualiteListSerializer, ActualiteSerializer
from documents.services import actualites as services
from ecms import hits
from ecms.api.exports import ExportMixin
from ecms.api.viewsets import ScopedModelViewSet, SlugOrIdMixin
from mairies.models import MairieQuerySet


class ActualiteViewSet(ExportMixin, SlugOrIdMixin, ScopedModelViewSet):
    """The news. Found by id everywhere, by slug with `?mairie=`."""

    queryset = Actualite.objects.select_related("mairie").defer(*MairieQuerySet.pages_of("mairie"))
    filterset_class = ActualiteFilter
    is_public = True
    changing = Actualite
    lasting = True
    volatile = frozenset({"nombre_vues"})
    columns, export_name, exported_with = ACTUALITES, "actualites", ("auteur",)

    def get_queryset(self):
        queryset = super().get_queryset()
        if self.is_list:
            queryset = queryset.defer("contenu", *MairieQuerySet.all_but_name_of("mairie"))
        if self.request.user.is_staff:
            return hits.with_pending(queryset, "nombre_vues", alias="vues")
        return queryset.annotate(vues=F("nombre_vues"))

    def get_serializer_class(self):
        return ActualiteListSerializer if self.action == "list" else ActualiteSerializer

    @extend_schema(parameters=[OpenApiParameter("mairie", description="With a slug.")])
    def retrieve(self, request, *args, **kwargs):
        instance = self.get_object()
        # The staff reading its own news are no readers.
        if not request.user.is_staff and request.method == "GET":
            hits.record(instance, "nombre_vues")
        return Response(self.get_serializer(instance).data)

    def perform_create(self, serializer):
        mairie = self.own_mairie(serializer.validated_data)
        serializer.instance = services.creer_actualite(
            Actualite(mairie=mairie, **serializer.validated_data), auteur=self.request.user
        )
        self.check_in_scope(serializer.instance)

    def perform_update(self, serializer):
        for name, value in serializer.validated_data.items():
            setattr(serializer.instance, name, value)
        services.modifier_actualite(serializer.instance)
