"""The kinds of rows of the load, in the order in which they are made."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from django.db.models import Model, QuerySet

from demarches.models import (
    DemarcheAdministrative,
    Formulaire,
    PieceJointe,
    RendezVous,
    Signalement,
    Suivi,
)
from documents.models import Actualite, DocumentOfficiel
from ecms.management.load.lignes import dossiers, mairies, publications, rendez_vous, signalements
from ecms.management.load.lignes.communs import PREFIXE, nom_court
from ecms.management.load.lignes.partage import Partage
from evenements.models import Evenement
from mairies.models import Mairie, ServiceMunicipal
from projets.models import MiseAJourProjet, Projet
from users.models import Utilisateur

# At scale 1; services and formulaires are so many for each mairie.
MAIRIES, CITOYENS = 50, 20_000
ACTUALITES, DOCUMENTS, PROJETS, EVENEMENTS = 20_000, 5_000, 2_000, 5_000
DOSSIERS, SIGNALEMENTS, RENDEZ_VOUS = 50_000, 50_000, 5_000
# The communes and urban communities of Cameroon; so much more makes a million rows, without what
# hangs on them.
MAIRIES_DU_PAYS, ECHELLE_DU_PAYS = 374, 6.5
# Of the load is what carries its mark in a mairie that carries it too.
DANS_LA_CHARGE = {"mairie__slug__startswith": PREFIXE}


@dataclass(frozen=True)
class Tailles:
    """How many rows of each kind there shall be."""

    mairies: int
    actualites: int = 0
    documents: int = 0
    projets: int = 0
    evenements: int = 0
    citoyens: int = 0
    dossiers: int = 0
    signalements: int = 0
    rendez_vous: int = 0

    @classmethod
    def pour(cls, echelle: float, mairies: int | None = None) -> "Tailles":
        def at_scale(n: int) -> int:
            return max(1, round(n * echelle))

        return cls(
            mairies=mairies or at_scale(MAIRIES),
            actualites=at_scale(ACTUALITES),
            documents=at_scale(DOCUMENTS),
            projets=at_scale(PROJETS),
            evenements=at_scale(EVENEMENTS),
            citoyens=at_scale(CITOYENS),
            dossiers=at_scale(DOSSIERS),
            signalements=at_scale(SIGNALEMENTS),
            rendez_vous=min(at_scale(RENDEZ_VOUS), rendez_vous.AU_PLUS),
        )


@dataclass(frozen=True)
class Sorte:
    """One kind of rows: the field that carries what row n is called by, what makes it, which n
    there are, what hangs on it.

    `suites` makes what belongs to a row; `enfants` are the models and fields to empty before the
    row itself can go. `dans` is what tells the load's rows besides their name.
    """

    nom: str
    model: type[Model]
    champ: str
    faire: Callable[[int, Partage], Model]
    numeros: Iterable[int]
    cle: Callable[[int], str] = nom_court
    debut: str = PREFIXE
    suites: Callable[[int, Model], Iterable[Model]] | None = None
    enfants: tuple[tuple[type[Model], str], ...] = ()
    dans: dict = field(default_factory=lambda: DANS_LA_CHARGE)

    def presentes(self) -> QuerySet:
        return self.model.objects.filter(**{f"{self.champ}__startswith": self.debut}, **self.dans)

    def absentes(self) -> list[int]:
        """The numbers that are still to be made."""
        noms = set(self.presentes().values_list(self.champ, flat=True))
        return [n for n in self.numeros if self.cle(n) not in noms]


def sortes(tailles: Tailles) -> list[Sorte]:
    return [*_lieux(tailles), *_publications(tailles), *_demandes(tailles)]


def _jusqu_a(n: int) -> range:
    return range(1, n + 1)


def _lieux(t: Tailles) -> list[Sorte]:
    services = t.mairies * len(mairies.SERVICES)
    formulaires = t.mairies * len(mairies.FORMULAIRES)
    return [
        Sorte("mairies", Mairie, "slug", mairies.mairie, _jusqu_a(t.mairies), dans={}),
        Sorte(
            "services", ServiceMunicipal, "nom", mairies.service, _jusqu_a(services),
            cle=mairies.nom_de_service,
        ),
        Sorte("formulaires", Formulaire, "slug", mairies.formulaire, _jusqu_a(formulaires)),
        Sorte(
            "citoyens", Utilisateur, "username", mairies.citoyen, _jusqu_a(t.citoyens),
            # A name alone may be anybody's: that domain is nobody's.
            dans={**DANS_LA_CHARGE, "email__endswith": f"@{mairies.DOMAINE}"},
        ),
    ]  # fmt: skip


def _publications(t: Tailles) -> list[Sorte]:
    return [
        Sorte(
            "actualités", Actualite, "slug", publications.actualite, _jusqu_a(t.actualites)
        ),
        Sorte(
            "documents", DocumentOfficiel, "numero_reference", publications.document,
            _jusqu_a(t.documents),
        ),
        Sorte(
            "projets", Projet, "slug", publications.projet, _jusqu_a(t.projets),
            suites=publications.mises_a_jour, enfants=((MiseAJourProjet, "projet"),),
        ),
        Sorte("événements", Evenement, "slug", publications.evenement, _jusqu_a(t.evenements)),
    ]  # fmt: skip


def _demandes(t: Tailles) -> list[Sorte]:
    tous, sur = _jusqu_a(t.signalements), signalements.DOUBLON_SUR
    du_signalement = partial(
        Sorte, model=Signalement, champ="numero_suivi",
        suites=signalements.suites_de_signalement,
        enfants=((Suivi, "signalement"), (PieceJointe, "signalement")),
    )  # fmt: skip
    return [
        Sorte(
            "dossiers", DemarcheAdministrative, "numero_suivi", dossiers.dossier,
            _jusqu_a(t.dossiers), cle=dossiers.numero_de_dossier, debut=dossiers.DEBUT,
            suites=dossiers.suites_de_dossier,
            enfants=((Suivi, "demarche"), (PieceJointe, "demarche")),
        ),
        du_signalement(
            "signalements", faire=signalements.signalement, debut=signalements.DEBUT,
            cle=signalements.numero_de_signalement, numeros=[n for n in tous if n % sur],
        ),
        du_signalement(
            "doublons", faire=signalements.doublon, debut=signalements.DEBUT_DE_DOUBLON,
            cle=signalements.numero_de_doublon, numeros=tous[sur - 1 :: sur],
        ),
        Sorte(
            "rendez-vous", RendezVous, "code", rendez_vous.rendez_vous, _jusqu_a(t.rendez_vous),
            cle=rendez_vous.code_de_rendez_vous, debut=rendez_vous.DEBUT,
            suites=rendez_vous.suites_de_rendez_vous, enfants=((Suivi, "rendez_vous"),),
        ),
    ]  # fmt: skip
