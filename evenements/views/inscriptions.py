import secrets

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.response import Response

from ecms.api.exports import ExportMixin
from ecms.api.idempotency import idempotent
from ecms.api.owners import OwnedRowsMixin, check_verified
from ecms.api.throttling import AuthorThrottle
from ecms.api.viewsets import ReadOnlyScopedViewSet, ScopedViewSet
from ecms.codes import new_secret, show_secret
from evenements.exports import INSCRIPTIONS
from evenements.filters.inscriptions import InscriptionFilter, avec_rang
from evenements.models import Evenement, InscriptionEvenement
from evenements.serializers.inscriptions import (
    CodeInscriptionSerializer,
    InscriptionDemandeeSerializer,
    InscriptionPriseSerializer,
    InscriptionSerializer,
)
from evenements.services import inscriptions as services
from mairies.models import MairieQuerySet

LIGNES = InscriptionEvenement.objects.select_related("evenement__mairie").defer(
    "evenement__description",
    "evenement__recherche",
    *MairieQuerySet.pages_of("evenement__mairie"),
)
# No registration has it, and none will for long.
INVENTE = 10**9


class OfEvenement(ExportMixin, mixins.ListModelMixin, ScopedViewSet):
    """Those who are registered to one event: anyone adds to them, its agents see them."""

    queryset = avec_rang(LIGNES)
    serializer_class = InscriptionSerializer
    filterset_class = InscriptionFilter
    open_actions = frozenset({"create"})
    throttle_classes = [AuthorThrottle]
    rates = {"create": "inscription"}
    columns, export_name = INSCRIPTIONS, "inscriptions"

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        rows = Evenement.objects.select_related("mairie")
        scope = "visible_to" if self.action == "create" else "manageable_by"
        reachable = getattr(rows, scope)(request.user)
        self.evenement = get_object_or_404(reachable, pk=self.kwargs["evenement_id"])

    def get_queryset(self):
        return super().get_queryset().filter(evenement_id=self.kwargs["evenement_id"])

    @extend_schema(
        request=InscriptionDemandeeSerializer, responses={201: InscriptionPriseSerializer}
    )
    @idempotent
    def create(self, request, *args, **kwargs):
        """Register, with or without an account. Full: a rank on the waiting list, or 409
        `complet`."""
        check_verified(request.user)
        serializer = InscriptionDemandeeSerializer(
            data=request.data, context=self.get_serializer_context()
        )
        serializer.is_valid(raise_exception=True)
        prise = self._inscrire(serializer.validated_data)
        prise.code = show_secret(prise.code)
        data = InscriptionPriseSerializer(prise, context=self.get_serializer_context()).data
        address = request.build_absolute_uri(f"/api/v1/inscriptions/{prise.pk}")
        return Response(data, 201, headers={"Location": address})

    def _inscrire(self, voulu: dict) -> InscriptionEvenement:
        langue = voulu.pop("langue", None) or (get_language() or "fr")[:2]
        piege = voulu.pop("site_web", "")
        if piege:
            return _comme_si(self.evenement, langue=langue, **voulu)
        user = self.request.user
        par = user if user.is_authenticated else None
        prise = services.inscrire(self.evenement, par=par, langue=langue, **voulu)
        return avec_rang(LIGNES).get(pk=prise.pk)


class InscriptionViewSet(OwnedRowsMixin, ReadOnlyScopedViewSet):
    """Registrations: one's own, with an account or the code, and those of the mairie one by
    one."""

    queryset = avec_rang(LIGNES)
    serializer_class = InscriptionSerializer
    filterset_class = InscriptionFilter
    code_name = "code"
    owner_acts = frozenset({"suivi"})
    shared_acts = frozenset({"annuler"})

    def get_queryset(self):
        # An agent finds those of the mairie event by event.
        rows = super().get_queryset()
        return rows.owned_by(self.request.user) if self.action == "list" else rows

    @extend_schema(request=CodeInscriptionSerializer)
    @action(detail=True, methods=["post"])
    def suivi(self, request, pk=None):
        """The registration, for whoever holds its code."""
        return self._dire(self.get_object())

    @extend_schema(request=CodeInscriptionSerializer)
    @action(detail=True, methods=["post"])
    def annuler(self, request, pk=None):
        """Give the places back: who waits moves up. 409 `trop_tard` once the event has begun."""
        user = self.request.user
        par = user if user.is_authenticated else None
        return self._dire(services.annuler(self.get_object(), par=par))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def presente(self, request, pk=None):
        """The person came. 409 `trop_tot` before the day."""
        return self._dire(services.presente(self.get_object()))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def absente(self, request, pk=None):
        """The person did not come. 409 `trop_tot` before the day."""
        return self._dire(services.absente(self.get_object()))

    def _dire(self, inscription: InscriptionEvenement) -> Response:
        # None of its acts leaves a rank.
        return Response(self.get_serializer(inscription).data)


def _comme_si(evenement: Evenement, **voulu) -> InscriptionEvenement:
    """What a program is told that fell into the trap: as if it were registered."""
    inscription = InscriptionEvenement(evenement=evenement, code=new_secret(), **voulu)
    inscription.pk = INVENTE + secrets.randbelow(INVENTE)
    inscription.date_creation = inscription.date_modification = timezone.now()
    return inscription
