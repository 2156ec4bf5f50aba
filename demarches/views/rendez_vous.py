from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from demarches.creneaux import creneaux_libres
from demarches.exports import RENDEZ_VOUS
from demarches.filters.rendez_vous import CreneauxForm, RendezVousFilter
from demarches.mails.rendez_vous import FICHIER, fichier_agenda
from demarches.models import RendezVous
from demarches.serializers.rendez_vous import (
    AnnulationSerializer,
    CodeRendezVousSerializer,
    ContactRendezVousSerializer,
    CreneauxSerializer,
    DeplacementSerializer,
    RendezVousPrisSerializer,
    RendezVousSerializer,
    ReservationSerializer,
)
from demarches.services import rendez_vous as services
from ecms.api.caching import mark_private
from ecms.api.exports import AnyAccept, ExportMixin
from ecms.api.idempotency import idempotent
from ecms.api.owners import OwnedRowsMixin
from ecms.api.viewsets import ReadOnlyScopedViewSet, ScopedViewSet, UpdateMixin
from ecms.codes import show_secret
from ecms.scoping import manages
from mairies.models import MairieQuerySet, ServiceMunicipal


class CreneauViewSet(ScopedViewSet):
    """When a service can be booked."""

    queryset = ServiceMunicipal.objects.select_related("mairie").defer(
        *MairieQuerySet.pages_of("mairie")
    )
    serializer_class = CreneauxSerializer
    pagination_class = None
    filter_backends = []
    is_public = True
    may_lag = False

    def max_age(self) -> int:
        """Asked anew each time: a place that is gone is worse than a question more."""
        return 0

    @extend_schema(
        parameters=[
            OpenApiParameter("service", OpenApiTypes.INT, required=True),
            OpenApiParameter("du", OpenApiTypes.DATE, description="By default today."),
            OpenApiParameter("au", OpenApiTypes.DATE, description="Included; at most 62 days."),
        ]
    )
    def chercher(self, request):
        """The free places of a service, day by day. Agents of the mairie see those that the notice
        and the horizon keep from citizens."""
        demande = CreneauxForm(request.query_params)
        if not demande.is_valid():
            raise ValidationError(demande.errors)
        voulu = demande.cleaned_data
        service = get_object_or_404(self.reservables(), pk=voulu["service"])
        jours = creneaux_libres(
            service,
            voulu["du"],
            voulu["au"],
            maintenant=timezone.now(),
            sans_limites=manages(request.user, service.mairie_id),
        )
        return Response(_reponse(service, voulu, jours))

    def reservables(self):
        """Services that take appointments online, and for agents those of their own mairie."""
        user = self.request.user
        ouverts = self.get_queryset().visible_to_public()
        if user.is_authenticated and user.is_superuser:
            return ouverts
        la_sienne = user.mairie_agent_id if user.is_authenticated else None
        return ouverts.filter(Q(rdv_en_ligne=True) | Q(mairie=la_sienne))


class RendezVousViewSet(ExportMixin, OwnedRowsMixin, UpdateMixin, ReadOnlyScopedViewSet):
    """Appointments: of whoever booked them, with an account or the code, and of the mairie."""

    queryset = RendezVous.objects.select_related("mairie", "service").defer(
        *MairieQuerySet.pages_of("mairie")
    )
    serializer_class = RendezVousSerializer
    filterset_class = RendezVousFilter
    http_method_names = ["get", "post", "patch", "head", "options"]
    code_name = "code"
    owner_acts = frozenset({"suivi"})
    shared_acts = frozenset({"create", "annuler", "deplacer"})
    verified_acts = frozenset({"create", "deplacer"})
    rates = {"create": "rendez_vous", "deplacer": "rendez_vous"}
    columns, export_name = RENDEZ_VOUS, "rendez-vous"

    def get_serializer_class(self):
        if self.action == "partial_update":
            return ContactRendezVousSerializer
        return super().get_serializer_class()

    @extend_schema(request=ReservationSerializer, responses={201: RendezVousPrisSerializer})
    @idempotent
    def create(self, request, *args, **kwargs):
        """Book a place. 409 `creneau_pris` names the nearest free ones under `creneaux`."""
        voulu = self._lire(ReservationSerializer)
        langue = voulu.pop("langue", None) or get_language()[:2]
        pris = services.reserver(voulu.pop("service"), par=self._compte, langue=langue, **voulu)
        pris.code = show_secret(pris.code)
        data = RendezVousPrisSerializer(pris, context=self.get_serializer_context()).data
        address = request.build_absolute_uri(f"{request.path}/{pris.pk}")
        return Response(data, 201, headers={"Location": address})

    def perform_update(self, serializer):
        """How to reach the person, and why they come, of a confirmed appointment."""
        serializer.instance = services.modifier(
            serializer.instance, par=self.request.user, **serializer.validated_data
        )

    @extend_schema(request=CodeRendezVousSerializer)
    @action(detail=True, methods=["post"])
    def suivi(self, request, pk=None):
        """The appointment, for whoever holds its code."""
        return self._dire(self.get_object())

    @extend_schema(request=AnnulationSerializer)
    @action(detail=True, methods=["post"])
    def annuler(self, request, pk=None):
        """Give the place back. 409 `trop_tard` for citizens when it is too late."""
        rendez_vous = self.get_object()
        message = self._lire(AnnulationSerializer).get("message", "")
        return self._dire(services.annuler(rendez_vous, par=self._compte, message=message))

    @extend_schema(request=DeplacementSerializer)
    @action(detail=True, methods=["post"])
    def deplacer(self, request, pk=None):
        """Move to another free place of the same service; id and code stay."""
        rendez_vous = self.get_object()
        debut = self._lire(DeplacementSerializer)["debut"]
        return self._dire(services.deplacer(rendez_vous, debut=debut, par=self._compte))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def honorer(self, request, pk=None):
        """The person came."""
        return self._dire(services.honorer(self.get_object(), par=request.user))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def absent(self, request, pk=None):
        """The person did not come."""
        return self._dire(services.absent(self.get_object(), par=request.user))

    @extend_schema(responses={(200, "text/calendar"): OpenApiTypes.STR})
    @action(detail=True, content_negotiation_class=AnyAccept)
    def agenda(self, request, pk=None):
        """The appointment as a file for one's own agenda."""
        response = HttpResponse(fichier_agenda(self.get_object()), "text/calendar; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{FICHIER}"'
        mark_private(response)
        return response

    @property
    def _compte(self):
        user = self.request.user
        return user if user.is_authenticated else None

    def _lire(self, serializer_class) -> dict:
        serializer = serializer_class(data=self.request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        serializer.validated_data.pop("code", None)
        return serializer.validated_data

    def _dire(self, rendez_vous: RendezVous) -> Response:
        return Response(self.get_serializer(rendez_vous).data)


def _reponse(service: ServiceMunicipal, voulu: dict, jours: list) -> dict:
    """Written by hand: a serializer takes longer over a month than the computation."""
    return {
        "service": service.pk,
        "mairie": service.mairie.slug,
        "du": voulu["du"].isoformat(),
        "au": voulu["au"].isoformat(),
        "duree_rdv": service.duree_rdv,
        "jours": [
            {
                "date": jour.date.isoformat(),
                "ferme": jour.ferme,
                "creneaux": [services.decrire(creneau) for creneau in jour.creneaux],
            }
            for jour in jours
        ],
    }
