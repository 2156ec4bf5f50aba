from django.db import transaction
from django.utils import translation
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from demarches.exports import DEMARCHES
from demarches.filters.demarches import DemarcheFilter
from demarches.models import DemarcheAdministrative
from demarches.serializers.demarches import (
    AffectationSerializer,
    CollegueSerializer,
    CompletementSerializer,
    DemarcheCommenceeSerializer,
    DemarcheListSerializer,
    DemarcheSerializer,
    EtatSerializer,
    ModificationSerializer,
    MotifSerializer,
    NouvelleDemarcheSerializer,
    SecretDeDossierSerializer,
)
from demarches.services import demarches as services
from demarches.services.controles import verifier_brouillon
from demarches.views.auteurs import auteur
from demarches.workflow import StatutDemarche
from ecms.api.exports import ExportMixin
from ecms.api.idempotency import idempotent
from ecms.api.owners import OwnedRowsMixin
from ecms.api.viewsets import ReadOnlyScopedViewSet
from mairies.models import MairieQuerySet

Canal = DemarcheAdministrative.Canal
AJOUT = "demarches.add_demarcheadministrative"
# Long, and told by no list.
LONGS = ["donnees", "definition", "pieces_requises"]
# What one line of the list is told from.
LIGNE = [
    *("id", "mairie", "formulaire", "agent_traitant", "demandeur", "numero_suivi", "canal"),
    *("nom_demandeur", "statut", "priorite", "echeance", "date_depot", "date_cloture"),
    *("date_creation", "date_modification"),
    *("mairie__nom", "mairie__slug", "formulaire__nom", "formulaire__service"),
    *("agent_traitant__first_name", "agent_traitant__last_name", "agent_traitant__username"),
]
DU_FORMULAIRE = ["champs", "pieces_requises", "description", "recherche"]


def d_agent(entree=None):
    """An act of the mairie's agents on one dossier, which it answers with."""

    def decorate(method):
        path = method.__name__.replace("_", "-")
        act = action(detail=True, methods=["post"], url_path=path)(method)
        # In this order: `action` forgets what was said of the schema before.
        return extend_schema(request=entree, responses=DemarcheSerializer)(act)

    return decorate


class DemarcheViewSet(ExportMixin, OwnedRowsMixin, ReadOnlyScopedViewSet):
    """Dossiers: citizens reach their own, agents those of their mairie, whoever holds the secret of
    a dossier its acts. A draft is its author's alone, unless an agent writes it at the desk."""

    queryset = DemarcheAdministrative.objects.select_related(
        "mairie", "formulaire", "agent_traitant"
    ).defer(*MairieQuerySet.pages_of("mairie"), *[f"formulaire__{name}" for name in DU_FORMULAIRE])
    filterset_class = DemarcheFilter
    lasting = True
    owner_acts = frozenset({"create", "reprendre"})
    shared_acts = frozenset({"partial_update", "deposer", "completer", "annuler"})
    verified_acts = frozenset({"create", "partial_update", "deposer", "completer"})
    permissions = {"agents": "change"}
    rates = {"create": "demarche"}
    columns, export_name = DEMARCHES, "demarches"

    def get_queryset(self):
        rows = super().get_queryset()
        if self.action == "list":
            return rows.only(*LIGNE)
        return rows.defer(*LONGS) if self.is_list else rows

    def get_serializer_class(self):
        return DemarcheListSerializer if self.action == "list" else DemarcheSerializer

    @extend_schema(request=NouvelleDemarcheSerializer, responses={201: DemarcheCommenceeSerializer})
    @idempotent
    @transaction.atomic
    def create(self, request, *args, **kwargs):
        """A draft, with its number and its secret: no other answer ever holds the secret."""
        donnees = self._lire(NouvelleDemarcheSerializer)
        if donnees.setdefault("canal", Canal.EN_LIGNE) == Canal.GUICHET:
            self._verifier_agent()
        donnees.setdefault("langue", self._langue(donnees["canal"]))
        demarche = services.commencer(donnees.pop("formulaire"), par=self.par, **donnees)
        corps = DemarcheCommenceeSerializer(demarche, context=self.get_serializer_context()).data
        adresse = request.build_absolute_uri(f"{request.path}/{demarche.pk}")
        return Response(corps, 201, headers={"Location": adresse})

    @extend_schema(request=ModificationSerializer, responses=DemarcheSerializer)
    @transaction.atomic
    def partial_update(self, request, *args, **kwargs):
        """Change a draft; agents change the `priorite` of a filed dossier."""
        demarche = self.lock_object()
        changes = self._lire(ModificationSerializer, partial=True)
        changes.pop("code_suivi", None)
        if demarche.statut == StatutDemarche.BROUILLON:
            demarche = services.completer_brouillon(demarche, par=auteur(self, demarche), **changes)
        elif set(changes) == {"priorite"} and self._est_de_la_mairie(demarche):
            demarche = services.changer_priorite(demarche, par=self.par, **changes)
        else:
            verifier_brouillon(demarche)
        return self._dossier(demarche)

    @extend_schema(request=SecretDeDossierSerializer, responses=DemarcheSerializer)
    @action(detail=True, methods=["post"])
    def reprendre(self, request, *args, **kwargs):
        """A draft, whole, for whoever goes on with it; 409 once it is filed."""
        demarche = self.get_object()
        verifier_brouillon(demarche)
        return self._dossier(demarche)

    @extend_schema(request=SecretDeDossierSerializer, responses=EtatSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def deposer(self, request, *args, **kwargs):
        """File a draft: everything is checked, and the mairie's delay begins."""
        return self._etat(self._agir(services.deposer))

    @extend_schema(request=CompletementSerializer, responses=EtatSerializer)
    @action(detail=True, methods=["post"])
    def completer(self, request, *args, **kwargs):
        """Say that the asked paper is there."""
        return self._etat(self._agir(services.completer, CompletementSerializer))

    @extend_schema(request=SecretDeDossierSerializer, responses=EtatSerializer)
    @action(detail=True, methods=["post"])
    def annuler(self, request, *args, **kwargs):
        """Give the request up, before anything is decided."""
        return self._etat(self._agir(services.annuler))

    @d_agent()
    def prendre_en_charge(self, request, *args, **kwargs):
        return self._dossier(self._agir(services.prendre_en_charge))

    @d_agent(AffectationSerializer)
    def affecter(self, request, *args, **kwargs):
        """Give the dossier to an agent of the same mairie."""
        return self._dossier(self._agir(services.affecter, AffectationSerializer))

    @extend_schema(responses=CollegueSerializer(many=True))
    @action(detail=True, pagination_class=None, filter_backends=[])
    def agents(self, request, *args, **kwargs):
        """To whom the dossier can be given."""
        demarche = self.get_object()
        if not self._est_de_la_mairie(demarche):
            raise PermissionDenied
        return Response(CollegueSerializer(services.affectables(demarche), many=True).data)

    @d_agent(MotifSerializer)
    def demander_piece(self, request, *args, **kwargs):
        """Ask for a paper; the delay stands still until it is there."""
        return self._dossier(self._agir(services.demander_piece, MotifSerializer))

    @d_agent()
    def valider(self, request, *args, **kwargs):
        return self._dossier(self._agir(services.valider))

    @d_agent(MotifSerializer)
    def rejeter(self, request, *args, **kwargs):
        return self._dossier(self._agir(services.rejeter, MotifSerializer))

    @d_agent()
    def preparer(self, request, *args, **kwargs):
        """What was asked for lies ready at the desk."""
        return self._dossier(self._agir(services.preparer))

    @d_agent()
    def remettre(self, request, *args, **kwargs):
        """What was asked for is handed over."""
        return self._dossier(self._agir(services.remettre))

    def exported(self):
        """No drafts."""
        return super().exported().filter(date_depot__isnull=False)

    @property
    def par(self):
        """The account that acts, None for whoever has none."""
        return self.request.user if self.request.user.is_authenticated else None

    @transaction.atomic
    def _agir(self, service, entree=None) -> DemarcheAdministrative:
        demarche = self.lock_object()
        donnees = self._lire(entree, demarche=demarche) if entree else {}
        donnees.pop("code_suivi", None)
        return service(demarche, par=auteur(self, demarche), **donnees)

    def _lire(self, entree, *, partial: bool = False, **context) -> dict:
        context |= self.get_serializer_context()
        serializer = entree(data=self.request.data, partial=partial, context=context)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def _langue(self, canal: str) -> str:
        if canal == Canal.EN_LIGNE and self.par:
            return self.par.langue
        return translation.get_language()[:2]

    def _verifier_agent(self) -> None:
        if self.par is None or not self.par.has_perm(AJOUT):
            raise PermissionDenied

    def _est_de_la_mairie(self, demarche) -> bool:
        rows = DemarcheAdministrative.objects.manageable_by(self.request.user)
        return self.as_staff and rows.filter(pk=demarche.pk).exists()

    def _dossier(self, demarche) -> Response:
        return Response(self.get_serializer(demarche).data)

    def _etat(self, demarche) -> Response:
        return Response(EtatSerializer(demarche, context=self.get_serializer_context()).data)
