"""What anyone who holds a number and its secret may know of a dossier or a problem report."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.crypto import constant_time_compare

from demarches.models import DemarcheAdministrative, Signalement, Suivi
from demarches.workflow import StatutDemarche, StatutRendezVous, StatutSignalement
from ecms.codes import read_number, read_secret
from mairies.models import MairieQuerySet

MESSAGE, STATUT = Suivi.Nature.MESSAGE, Suivi.Nature.STATUT
# Compared with when there is no such number, so that it takes as long.
PERSONNE = "-" * 16
DATES = {
    "demarche": [
        "date_creation",
        "date_depot",
        "date_prise_en_charge",
        "date_piece_demandee",
        "date_validation",
        "date_rejet",
        "date_preparation",
        "date_remise",
        "date_annulation",
        "date_cloture",
    ],
    "signalement": [
        "date_creation",
        "date_prise_en_charge",
        "date_resolution",
        "date_rejet",
    ],
}


@dataclass(frozen=True)
class SuiviPublic:
    """The public side of `ligne`, a dossier or a report."""

    objet: str
    ligne: DemarcheAdministrative | Signalement

    @property
    def intitule(self) -> str:
        """The procedure's name, or the category: never the citizen's own words."""
        if self.objet == "demarche":
            return self.ligne.formulaire.nom
        return self.ligne.get_categorie_display()

    @property
    def echeance(self) -> date | None:
        """The day by which the mairie answers, or plans to be there."""
        return self.ligne.echeance if self.objet == "demarche" else self.ligne.date_prevue

    @property
    def dates(self) -> dict[str, datetime | None]:
        return {name: getattr(self.ligne, name) for name in DATES[self.objet]}

    @property
    def historique(self) -> list[Suivi]:
        """The visible changes of state, and what the mairie wrote."""
        told = Q(nature=STATUT) | Q(nature=MESSAGE) & ~Q(origine=Suivi.Origine.DEMANDEUR)
        return list(self.ligne.suivis.filter(told, est_visible=True))

    @property
    def piece_demandee(self) -> Suivi | None:
        """The line that asks for a paper, as long as it is owed."""
        asked = StatutDemarche.PIECE_DEMANDEE
        if self.objet != "demarche" or self.ligne.statut != asked:
            return None
        return self.ligne.suivis.filter(nouveau_statut=asked).last()


def retrouver(numero_suivi: str, code_suivi: str) -> SuiviPublic | None:
    """The row of this number, if the secret is its own; a wrong number and a wrong secret cost the
    same work and look alike."""
    numero, code = read_number(numero_suivi), read_secret(code_suivi)
    found = [
        SuiviPublic(objet, ligne)
        for objet, lignes in {"demarche": _demarches(), "signalement": _signalements()}.items()
        for ligne in lignes.filter(numero_suivi=numero)
    ]
    suivi = found[0] if found else None
    same = constant_time_compare(suivi.ligne.code_suivi if suivi else PERSONNE, code)
    return suivi if same and code else None


def libelle_statut(suivi: Suivi, statut: str) -> str:
    """A state of the row that a line is about, in words; "" without one."""
    if not statut:
        return ""
    if suivi.demarche_id:
        return str(StatutDemarche(statut).label)
    if suivi.signalement_id:
        return str(StatutSignalement(statut).label)
    return str(StatutRendezVous(statut).label)


def _demarches():
    pages = MairieQuerySet.pages_of("mairie")
    return DemarcheAdministrative.objects.select_related("mairie", "formulaire").defer(*pages)


def _signalements():
    pages = MairieQuerySet.pages_of("mairie")
    return Signalement.objects.select_related("mairie").defer(*pages)
