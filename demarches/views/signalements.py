from datetime import timedelta

from django.db.models import Count, Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from demarches.exports_signalements import (
    CHAMPS_CARTE,
    COLONNES_SIGNALEMENTS,
    PROPRIETES_SIGNALEMENTS,
    proprietes,
)
from demarches.filters.signalements import ProchesForm, SignalementFilter
from demarches.models import Signalement
from demarches.serializers.signalements import (
    DesignationDoublonSerializer,
    InterventionSerializer,
    MotDeLaMairieSerializer,
    MotifSignalementSerializer,
    NoteSignalementSerializer,
    ProcheSerializer,
    ReouvertureSignalementSerializer,
    SignalementCreationSerializer,
    SignalementDeposeSerializer,
    SignalementListSerializer,
    SignalementSerializer,
    SuiviSignalementSerializer,
    est_agent,
    est_signaleur,
)
from demarches.services import signalements as services
from demarches.workflow import StatutSignalement
from ecms.api.exports import ExportMixin
from ecms.api.geojson import collection_schema, feature, feature_collection
from ecms.api.idempotency import idempotent
from ecms.api.owners import OwnedRowsMixin
from ecms.api.viewsets import ReadOnlyScopedViewSet, UpdateMixin
from ecms.codes import show_secret
from mairies.models import MairieQuerySet

MAX_PROCHES = 5
MAX_FEATURES = 2000
# How long what is resolved stays on the map.
SUR_LA_CARTE = timedelta(days=90)
CARTE = collection_schema("CarteSignalements", PROPRIETES_SIGNALEMENTS)
POINT = [
    OpenApiParameter("latitude", OpenApiTypes.DOUBLE, required=True),
    OpenApiParameter("longitude", OpenApiTypes.DOUBLE, required=True),
    OpenApiParameter("categorie", description="Of this category alone."),
    OpenApiParameter("mairie", description="To this mairie alone, by its slug."),
]

# What one line of the list is told from.
NON_DITS = {"recherche", "code_suivi", "date_anonymisation"}
LIGNE = [
    *(f.name for f in Signalement._meta.concrete_fields if f.name not in NON_DITS),
    *("mairie__nom", "mairie__slug", "mairie__statut", "service__nom"),
    *("signaleur__first_name", "signaleur__last_name"),
    *("agent_traitant__first_name", "agent_traitant__last_name"),
]


class SignalementViewSet(ExportMixin, OwnedRowsMixin, UpdateMixin, ReadOnlyScopedViewSet):
    """Problems in public space: reported and read by anyone, handled by the mairie's agents."""

    queryset = (
        Signalement.objects.select_related("mairie", "service", "signaleur", "agent_traitant")
        .defer(*MairieQuerySet.pages_of("mairie"))
        .prefetch_related("photos")
    )
    serializer_class = SignalementSerializer
    filterset_class = SignalementFilter
    lasting = True
    http_method_names = ["get", "post", "patch", "head", "options"]
    is_public = True
    owner_acts = frozenset({"create"})
    shared_acts = frozenset({"rouvrir"})
    verified_acts = frozenset({"create"})
    rates = {"create": "signalement"}
    columns, export_name = COLONNES_SIGNALEMENTS, "signalements"

    def get_queryset(self):
        rows = super().get_queryset()
        if self.action == "carte":
            # The same for everybody.
            return rows.visible_to_public()
        if self.action == "list":
            return rows.only(*LIGNE)
        if self.is_list:
            return rows
        return rows.annotate(nombre_doublons=Count("doublons"))

    def get_serializer_class(self):
        return SignalementListSerializer if self.action == "list" else SignalementSerializer

    @extend_schema(
        request=SignalementCreationSerializer, responses={201: SignalementDeposeSerializer}
    )
    @idempotent
    def create(self, request, *args, **kwargs):
        """Report a problem. The secret code to follow it is told this once."""
        faits = self._lire(SignalementCreationSerializer)
        depose = services.signaler(faits.pop("mairie"), par=self._compte, **faits)
        row = self.queryset.annotate(nombre_doublons=Count("doublons")).get(pk=depose.pk)
        row.code_suivi = show_secret(row.code_suivi)
        context = {**self.get_serializer_context(), "par_code": True}
        location = request.build_absolute_uri(f"{request.path}/{row.pk}")
        data = SignalementDeposeSerializer(row, context=context).data
        return Response(data, 201, headers={"Location": location})

    def perform_update(self, serializer):
        """What an agent sorts: category, service, priority."""
        row = serializer.instance
        services.modifier(row, par=self.request.user, **serializer.validated_data)
        serializer.instance = self._relire(row)

    @extend_schema(request=MotDeLaMairieSerializer)
    @action(detail=True, methods=["post"], url_path="prendre-en-charge")
    def prendre_en_charge(self, request, pk=None):
        """Somebody deals with it."""
        return self._agir(services.prendre_en_charge, MotDeLaMairieSerializer)

    @extend_schema(request=InterventionSerializer)
    @action(detail=True, methods=["post"])
    def planifier(self, request, pk=None):
        """Say on which day the works are to be done; again, on which other day."""
        return self._agir(services.planifier, InterventionSerializer)

    @extend_schema(request=MotDeLaMairieSerializer)
    @action(detail=True, methods=["post"])
    def resoudre(self, request, pk=None):
        """The problem is gone. The reporters of its duplicates are told, too."""
        return self._agir(services.resoudre, MotDeLaMairieSerializer)

    @extend_schema(request=MotifSignalementSerializer)
    @action(detail=True, methods=["post"])
    def rejeter(self, request, pk=None):
        """Refuse the report, with a reason: it is public no more."""
        return self._agir(services.rejeter, MotifSignalementSerializer)

    @extend_schema(request=DesignationDoublonSerializer)
    @action(detail=True, methods=["post"], url_path="marquer-doublon")
    def marquer_doublon(self, request, pk=None):
        """Say that it repeats another report of the mairie; of a duplicate, its original is
        meant."""
        row = self.get_object()
        cible = self._lire(DesignationDoublonSerializer)["doublon_de"]
        rows = Signalement.objects.filter(mairie=row.mairie_id)
        # The service refuses the report itself: what is not found is told in the same words.
        original = rows.filter(pk=cible).first() or row
        services.marquer_doublon(row, doublon_de=original, par=request.user)
        return self._dire(row)

    @extend_schema(request=ReouvertureSignalementSerializer)
    @action(detail=True, methods=["post"])
    def rouvrir(self, request, pk=None):
        """Begin anew: within 30 days for whoever reported it, by account or code; at any time for
        an agent. 409 `delai_depasse`."""
        row = self.get_object()
        motif = self._lire(ReouvertureSignalementSerializer)["motif"]
        services.rouvrir(row, motif=motif, par=self._compte, comme_agent=self._est_agent(row))
        return self._dire(row)

    @extend_schema(request=NoteSignalementSerializer, responses={201: SuiviSignalementSerializer})
    @action(detail=True, methods=["post"])
    def notes(self, request, pk=None):
        """Write a note among the agents of the mairie: `suivi` shows it to them alone."""
        row = self.get_object()
        note = services.annoter(row, par=request.user, **self._lire(NoteSignalementSerializer))
        context = {"est_agent": True, "est_public": False}
        return Response(SuiviSignalementSerializer(note, context=context).data, 201)

    @extend_schema(responses=SuiviSignalementSerializer(many=True))
    @action(detail=True, pagination_class=None, filter_backends=[])
    def suivi(self, request, pk=None):
        """What became of it, oldest first: states, dates and the words of the mairie."""
        row = self.get_object()
        agent = est_agent(request.user, row)
        lines = row.suivis.select_related("auteur").order_by("pk")
        context = {
            "est_agent": agent,
            "est_public": not agent and not est_signaleur(request.user, row),
        }
        shown = lines if agent else lines.filter(est_visible=True)
        return Response(SuiviSignalementSerializer(shown, many=True, context=context).data)

    @extend_schema(parameters=POINT, responses=ProcheSerializer(many=True))
    @action(detail=False, pagination_class=None, filter_backends=[])
    def proches(self, request):
        """The open reports within 250 m of a point, nearest first: five at most. To be shown
        before the same problem is reported again."""
        asked = ProchesForm(request.query_params)
        if not asked.is_valid():
            raise ValidationError(asked.errors)
        rows = self._joindre(services.proches(**asked.cleaned_data))[:MAX_PROCHES]
        return Response(
            ProcheSerializer(rows, many=True, context=self.get_serializer_context()).data
        )

    def exported(self):
        """Without photos: no column tells of them."""
        return super().exported().prefetch_related(None)

    @extend_schema(filters=True, responses={200: CARTE})
    def carte(self, request):
        """Public reports that have a position, as GeoJSON: those that are open, and those resolved
        within 90 days; the latest 2,000."""
        recent = Q(
            statut=StatutSignalement.RESOLU, date_resolution__gte=timezone.now() - SUR_LA_CARTE
        )
        rows = self.filter_queryset(self.get_queryset()).prefetch_related(None)
        placed = rows.filter(
            Q(statut__in=StatutSignalement.ouverts()) | recent, latitude__isnull=False
        )
        shown = placed.select_related(None).select_related("mairie")
        found = shown.defer(None).only(*CHAMPS_CARTE)[:MAX_FEATURES]
        return Response(feature_collection([feature(row, proprietes(row)) for row in found]))

    @property
    def _compte(self):
        user = self.request.user
        return user if user.is_authenticated else None

    def _est_agent(self, row: Signalement) -> bool:
        """Whether the caller acts as staff: of their own report too, if they may."""
        return self.as_staff and bool(
            Signalement.objects.manageable_by(self.request.user).filter(pk=row.pk).exists()
        )

    def _lire(self, serializer_class) -> dict:
        data = self.request.data
        serializer = serializer_class(data=data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        serializer.validated_data.pop("code_suivi", None)
        return serializer.validated_data

    def _agir(self, service, serializer_class) -> Response:
        row = self.get_object()
        service(row, par=self.request.user, **self._lire(serializer_class))
        return self._dire(row)

    def _relire(self, row: Signalement) -> Signalement:
        return get_object_or_404(self.get_queryset(), pk=row.pk)

    def _joindre(self, rows):
        joined = rows.select_related("mairie", "service", "signaleur", "agent_traitant")
        return joined.defer(*MairieQuerySet.pages_of("mairie")).prefetch_related("photos")

    def _dire(self, row: Signalement) -> Response:
        # An agent reaches the row without the code: a wrong one tells them nothing.
        par_code = constant_time_compare(self.secret, row.code_suivi)
        context = {**self.get_serializer_context(), "par_code": par_code}
        return Response(SignalementSerializer(self._relire(row), context=context).data)
