from django.db.models import Count, Q
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from ecms.api.exports import ExportMixin
from ecms.api.geojson import GeoJSONRenderer, collection_schema, feature, feature_collection
from ecms.api.pagination import OnePage
from ecms.api.schema import file_schema
from ecms.api.throttling import AddressThrottle
from ecms.api.viewsets import (
    CreateMixin,
    ReadOnlyScopedViewSet,
    ScopedModelViewSet,
    ScopedViewSet,
    UpdateMixin,
)
from ecms.uploads import deliver, type_of
from mairies import services
from mairies.exports import DEMANDES, MAIRIES, SERVICES
from mairies.filters import (
    CarteFilter,
    DemandeCreationSiteFilter,
    MairieFilter,
    ServiceMunicipalFilter,
)
from mairies.models import DemandeCreationSite, Mairie, MairieQuerySet, ServiceMunicipal
from mairies.serializers import (
    HORS_HORAIRES,
    IDENTITY,
    DemandeCreationSiteSerializer,
    DemandeDeposeeSerializer,
    IdentiteSerializer,
    MairieListSerializer,
    MairieModifieeSerializer,
    MairieSerializer,
    RegionSerializer,
    RejetSerializer,
    ServiceModifieSerializer,
    ServiceMunicipalSerializer,
)
from mairies.territoire import DEPARTEMENTS, Region
from mairies.workflow import StatutMairie

UPDATES = ("update", "partial_update")
CARTE = collection_schema(
    "CarteMairies",
    {name: {"type": "integer" if name == "id" else "string"} for name in IDENTITY},
)


class MairieViewSet(ExportMixin, UpdateMixin, ReadOnlyScopedViewSet):
    """The directory of the 374 authorities; agents keep their own up to date."""

    queryset = Mairie.objects.all()
    filterset_class = MairieFilter
    is_public = True
    changing = Mairie
    lasting = True
    volatile = frozenset({HORS_HORAIRES})
    columns, export_name = MAIRIES, "mairies"
    lookup_url_kwarg = "slug"
    lookup_value_regex = "[a-z0-9-]{1,100}"

    def get_queryset(self):
        queryset = super().get_queryset()
        return queryset.defer(*MairieQuerySet.PAGES) if self.is_list else queryset

    def get_serializer_class(self):
        if self.action in UPDATES:
            return MairieModifieeSerializer
        return MairieListSerializer if self.action == "list" else MairieSerializer

    def get_object(self):
        # An id works too: a slug is never digits only.
        self.lookup_field = "pk" if self.kwargs["slug"].isdigit() else "slug"
        return super().get_object()


class CarteViewSet(ScopedViewSet):
    """The mairies on a map. Where a space is not open, its place is not told (as everywhere)."""

    queryset = Mairie.objects.filter(latitude__isnull=False).order_by("pk")
    serializer_class = IdentiteSerializer
    filterset_class = CarteFilter
    renderer_classes = [GeoJSONRenderer, JSONRenderer]
    pagination_class = None
    is_public = True

    def get_queryset(self):
        told = Q(statut=StatutMairie.ACTIVE)
        own = Mairie.objects.manageable_by(self.request.user).values("pk")
        shown = super().get_queryset().filter(told | Q(pk__in=own))
        return shown.only(*IdentiteSerializer.Meta.fields, "latitude", "longitude")

    @extend_schema(filters=True, responses={200: CARTE})
    @action(detail=False)
    def mairies(self, request):
        """All that have a position, as GeoJSON."""
        rows = self.filter_queryset(self.get_queryset())
        features = [feature(row, self.get_serializer(row).data) for row in rows]
        return Response(feature_collection(features))


class ServiceMunicipalViewSet(ExportMixin, ScopedModelViewSet):
    """Desks and departments, with their hours."""

    queryset = ServiceMunicipal.objects.select_related("mairie").defer(
        *MairieQuerySet.pages_of("mairie")
    )
    filterset_class = ServiceMunicipalFilter
    is_public = True
    columns, export_name = SERVICES, "services"
    volatile = frozenset({HORS_HORAIRES})

    def get_serializer_class(self):
        return ServiceModifieSerializer if self.action in UPDATES else ServiceMunicipalSerializer


class DemandeCreationSiteViewSet(ExportMixin, CreateMixin, ReadOnlyScopedViewSet):
    """Requests to open a space: anyone files one, the national administrator decides."""

    queryset = DemandeCreationSite.objects.select_related("mairie").defer(
        *MairieQuerySet.pages_of("mairie")
    )
    serializer_class = DemandeCreationSiteSerializer
    filterset_class = DemandeCreationSiteFilter
    open_actions = frozenset({"create"})
    permissions = {"justificatif": "view"}
    throttle_classes = [AddressThrottle]
    rates = {"create": "demande_site_adresse"}
    columns, export_name = DEMANDES, "demandes-creation-site"
    exported_with = ("traite_par",)

    @extend_schema(responses={201: DemandeDeposeeSerializer})
    def create(self, request, *args, **kwargs):
        """File a request, with the proof of who asks (multipart)."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        demande = services.demander_site(**serializer.validated_data)
        demande.detail = _("La demande est reçue. La réponse viendra par courriel.")
        return Response(DemandeDeposeeSerializer(demande).data, status=201)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def valider(self, request, pk=None):
        """Open the space and invite its first agent."""
        return self._decided(services.valider_demande(self.get_object(), par=request.user))

    @extend_schema(request=RejetSerializer)
    @action(detail=True, methods=["post"])
    def rejeter(self, request, pk=None):
        """Refuse, with a reason that is mailed."""
        serializer = RejetSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        motif = serializer.validated_data["motif_rejet"]
        return self._decided(
            services.rejeter_demande(self.get_object(), motif=motif, par=request.user)
        )

    @file_schema
    @action(detail=True)
    def justificatif(self, request, pk=None):
        """The proof, as a download."""
        demande = self.get_object()
        extension = demande.justificatif.name.rsplit(".", 1)[-1]
        nom = f"justificatif-{demande.pk}.{extension}"
        return deliver(request, demande.justificatif, nom=nom, type_mime=type_of(nom))

    def _decided(self, demande) -> Response:
        return Response(self.get_serializer(demande).data)


class RegionViewSet(mixins.ListModelMixin, ScopedViewSet):
    """The ten régions, their départements, and how many mairies each has."""

    queryset = Mairie.objects.order_by()
    serializer_class = RegionSerializer
    is_public = True
    pagination_class = OnePage
    filter_backends = []

    def list(self, request, *args, **kwargs):
        counts = {row["departement"]: row for row in self._counts()}
        regions = [_region(code, label, counts) for code, label in Region.choices]
        page = self.paginate_queryset(regions)
        return self.get_paginated_response(RegionSerializer(page, many=True).data)

    def _counts(self):
        return (
            self.get_queryset()
            .values("departement")
            .annotate(
                mairies=Count("pk"),
                communes=Count("pk", filter=Q(type=Mairie.Type.COMMUNE)),
                mairies_actives=Count("pk", filter=Q(statut=StatutMairie.ACTIVE)),
            )
        )


def _region(code: str, label: str, counts: dict[str, dict]) -> dict:
    none = {"mairies": 0, "communes": 0, "mairies_actives": 0}
    own = [d for d in DEPARTEMENTS.values() if d.region == code]
    departements = [
        {"code": d.code, "nom": d.nom, "chef_lieu": d.chef_lieu, **counts.get(d.code, none)}
        for d in sorted(own, key=lambda d: d.code)
    ]
    total = {name: sum(d[name] for d in departements) for name in none}
    return {
        "region": code,
        "region_display": label,
        **total,
        "communautes_urbaines": total["mairies"] - total["communes"],
        "departements": departements,
    }
