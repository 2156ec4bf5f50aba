from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from ecms.api.exports import ExportMixin, mark
from ecms.api.viewsets import ScopedModelViewSet, SlugOrIdMixin
from evenements import agenda
from evenements.calendrier import calendrier
from evenements.exports import EVENEMENTS
from evenements.filters.evenements import CalendrierForm, EvenementFilter
from evenements.models import Evenement
from evenements.recurrences import Borne
from evenements.serializers.evenements import (
    AnnulationEvenementSerializer,
    CalendrierSerializer,
    EvenementListSerializer,
    EvenementSerializer,
    PorteeSerializer,
    ReportSerializer,
)
from evenements.services import evenements as services
from evenements.services.evenements import Portee
from mairies.models import Mairie, MairieQuerySet

# Not in the lists, and large.
TEXTES = ["description", "message"]
PORTEE = OpenApiParameter(
    "portee",
    enum=Portee.values,
    description="What of a series is changed: of the others, those that have not begun.",
)


class EvenementViewSet(ExportMixin, SlugOrIdMixin, ScopedModelViewSet):
    """The agenda. Found by id everywhere, by slug with `?mairie=`. Agents write drafts, and
    announce them."""

    queryset = Evenement.objects.select_related("mairie").defer(*MairieQuerySet.pages_of("mairie"))
    filterset_class = EvenementFilter
    is_public = True
    lasting = True
    columns, export_name = EVENEMENTS, "evenements"

    def get_queryset(self):
        queryset = super().get_queryset()
        if not self.is_list:
            return queryset
        return queryset.defer(*TEXTES, *MairieQuerySet.all_but_name_of("mairie"))

    def get_serializer_class(self):
        return EvenementListSerializer if self.action == "list" else EvenementSerializer

    def perform_create(self, serializer):
        data = serializer.validated_data
        jour = data.pop("recurrence_fin", None)
        nombre = data.pop("recurrence_nombre", None)
        borne = Borne(jour, nombre) if jour or nombre else None
        evenement = Evenement(mairie=self.own_mairie(data), **data)
        serializer.instance = services.creer_evenement(evenement, borne=borne)
        self.check_in_scope(serializer.instance)

    @extend_schema(parameters=[PORTEE])
    def update(self, request, *args, **kwargs):
        return super().update(request, *args, **kwargs)

    @extend_schema(parameters=[PORTEE])
    def partial_update(self, request, *args, **kwargs):
        return super().partial_update(request, *args, **kwargs)

    def lock_object(self):
        # All rows of a series, before one: two who change it at once take them in one order.
        if self.action != "destroy" and self._portee != Portee.OCCURRENCE:
            services.verrouiller_serie(self.get_object())
        return super().lock_object()

    def perform_update(self, serializer):
        serializer.instance = services.modifier_evenement(
            serializer.instance, serializer.validated_data, portee=self._portee
        )

    def perform_destroy(self, instance):
        services.supprimer_evenement(instance)

    @extend_schema(parameters=[OpenApiParameter("mairie", description="With a slug.")])
    def retrieve(self, request, *args, **kwargs):
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(request=PorteeSerializer, responses=EvenementSerializer)
    @action(detail=True, methods=["post"])
    def publier(self, request, pk=None):
        """Announce it, or confirm the new date of one that was put off."""
        evenement = self.get_object()
        return self._dire(services.publier(evenement, **self._lire(PorteeSerializer)))

    @extend_schema(request=ReportSerializer, responses=EvenementSerializer)
    @action(detail=True, methods=["post"])
    def reporter(self, request, pk=None):
        """Put it off, to `debut` or to a date that is not known yet; the registered are told."""
        evenement = self.get_object()
        return self._dire(services.reporter(evenement, **self._lire(ReportSerializer)))

    @extend_schema(request=AnnulationEvenementSerializer, responses=EvenementSerializer)
    @action(detail=True, methods=["post"])
    def annuler(self, request, pk=None):
        """Cancel it; the registered are told. It stays public: people must learn it."""
        evenement = self.get_object()
        return self._dire(services.annuler(evenement, **self._lire(AnnulationEvenementSerializer)))

    @extend_schema(request=None, responses=EvenementSerializer)
    @action(detail=True, methods=["post"])
    def retirer(self, request, pk=None):
        """Make a draft of it again, as long as nobody is registered."""
        return self._dire(services.retirer(self.get_object()))

    @extend_schema(
        filters=False,
        parameters=[
            OpenApiParameter("mairie", required=True),
            OpenApiParameter("mois", description="YYYY-MM; by default the present month."),
        ],
        responses=CalendrierSerializer,
    )
    @action(detail=False, pagination_class=None, filter_backends=[])
    def calendrier(self, request):
        """A month of a mairie: its days with their events, in Africa/Douala. An event of several
        days, or over midnight, is on each of them."""
        demande = CalendrierForm(request.query_params)
        if not demande.is_valid():
            raise ValidationError(demande.errors)
        voulu = demande.cleaned_data
        visibles = Mairie.objects.visible_to(request.user)
        mairie = get_object_or_404(visibles, slug=voulu["mairie"])
        rows = self.get_queryset().filter(mairie=mairie)
        return Response(CalendrierSerializer(calendrier(rows, mairie, *voulu["mois"])).data)

    @extend_schema(responses={(200, "text/calendar"): OpenApiTypes.STR})
    def agenda(self, request, pk=None):
        """The event as a file for one's own agenda."""
        rows = self.get_queryset().visible_to_public()
        evenement = get_object_or_404(rows, pk=self.kwargs["pk"])
        response = HttpResponse(agenda.fichier(evenement), agenda.CONTENT_TYPE)
        response["Content-Disposition"] = f'attachment; filename="{evenement.slug}.ics"'
        return mark(response, request, self.max_age())

    @property
    def _portee(self) -> Portee:
        serializer = PorteeSerializer(data=self.request.query_params)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data["portee"]

    def _lire(self, serializer_class) -> dict:
        serializer = serializer_class(data=self.request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def _dire(self, evenement: Evenement) -> Response:
        return Response(self.get_serializer(evenement).data)
