"""The dossiers of the load and their history."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.files.base import ContentFile

from demarches.models import DemarcheAdministrative, PieceJointe, Suivi
from demarches.workflow import Priorite, StatutDemarche
from ecms.management.load import textes
from ecms.management.load.lignes.communs import nom_court, telephone, une
from ecms.management.load.lignes.mairies import CHAMPS, PIECE, PIECES
from ecms.management.load.lignes.partage import Partage

DEBUT = "D-CHARGE-"
S = StatutDemarche
# How many of a hundred dossiers stand where, and what they went through after filing.
PARTS = {
    S.BROUILLON: 4,
    S.DEPOSEE: 6,
    S.EN_COURS: 8,
    S.PIECE_DEMANDEE: 3,
    S.VALIDEE: 4,
    S.PRETE: 5,
    S.REJETEE: 8,
    S.ANNULEE: 6,
    S.REMISE: 56,
}
STATUTS = [statut for statut, part in PARTS.items() for _rang in range(part)]
PARCOURS = {
    S.BROUILLON: [],
    S.DEPOSEE: [],
    S.EN_COURS: [S.EN_COURS],
    S.PIECE_DEMANDEE: [S.EN_COURS, S.PIECE_DEMANDEE],
    S.VALIDEE: [S.EN_COURS, S.VALIDEE],
    S.PRETE: [S.EN_COURS, S.VALIDEE, S.PRETE],
    S.REJETEE: [S.EN_COURS, S.REJETEE],
    S.ANNULEE: [S.ANNULEE],
    S.REMISE: [S.EN_COURS, S.VALIDEE, S.REMISE],
}
DATES = {
    S.EN_COURS: "date_prise_en_charge",
    S.PIECE_DEMANDEE: "date_piece_demandee",
    S.VALIDEE: "date_validation",
    S.REJETEE: "date_rejet",
    S.PRETE: "date_preparation",
    S.REMISE: "date_remise",
    S.ANNULEE: "date_annulation",
}
# One in so many has a file.
FICHIER_SUR = 50


def numero_de_dossier(n: int) -> str:
    return f"{DEBUT}{n:06}"


def dossier(n: int, partage: Partage) -> DemarcheAdministrative:
    """Of a hundred, 26 wait for someone and were filed these last seven weeks, the later third of
    them overdue; the others were closed over three years. One in five is somebody's without an
    account, who came to the desk."""
    chez = une(partage.mairies, n)
    formulaire = une(partage.formulaires[chez.pk], n // 7)
    statut = StatutDemarche(STATUTS[n * 37 % 100])
    depot = _depot(n, statut, partage)
    au_guichet = n % 5 == 0 and not formulaire.necessite_compte
    return DemarcheAdministrative(
        mairie=chez,
        formulaire=formulaire,
        definition=CHAMPS,
        version_formulaire=1,
        pieces_requises=PIECES,
        cout_xaf=formulaire.cout_xaf,
        delai_jours=formulaire.delai_jours,
        numero_suivi=numero_de_dossier(n),
        code_suivi=f"CHARGE{n:010}",
        canal="guichet" if au_guichet else "en_ligne",
        demandeur_id=None if au_guichet else partage.citoyens[n * 7 % len(partage.citoyens)],
        nom_demandeur=textes.personne(n),
        telephone_demandeur=telephone(n),
        donnees=_reponses(n),
        statut=statut,
        priorite=Priorite.HAUTE if n % 17 == 0 else Priorite.NORMALE,
        motif_rejet="La pièce d'identité n'est pas lisible." if statut == S.REJETEE else "",
        date_creation=depot,
        **_dates(statut, depot),
    )


def suites_de_dossier(n: int, dossier: DemarcheAdministrative) -> Iterator:
    """Its history, and the paper of one in fifty."""
    if n % FICHIER_SUR == 0:
        yield _piece(n, dossier)
    if dossier.statut == S.BROUILLON:
        return
    avant = S.BROUILLON
    for statut in [S.DEPOSEE, *PARCOURS[StatutDemarche(dossier.statut)]]:
        citoyen = statut in (S.DEPOSEE, S.ANNULEE)
        yield Suivi(
            mairie_id=dossier.mairie_id,
            demarche=dossier,
            nature=Suivi.Nature.STATUT,
            origine=Suivi.Origine.DEMANDEUR if citoyen else Suivi.Origine.AGENT,
            ancien_statut=avant,
            nouveau_statut=statut,
        )
        avant = statut


def _depot(n: int, statut: StatutDemarche, partage: Partage) -> datetime:
    jours = 8 + n * 7 % 45
    if statut in StatutDemarche.finaux():
        jours = 60 + n * 31 % 1000
    return partage.jour - timedelta(days=jours) + timedelta(minutes=450 + n % 480)


def _dates(statut: StatutDemarche, depot: datetime) -> dict:
    """One day from each step to the next."""
    if statut == S.BROUILLON:
        return {}
    etapes = PARCOURS[statut]
    dates = {DATES[etape]: depot + timedelta(days=1 + i) for i, etape in enumerate(etapes)}
    if statut in StatutDemarche.finaux():
        dates["date_cloture"] = depot + timedelta(days=len(etapes))
    return dates | {"date_depot": depot, "echeance": (depot + timedelta(days=35)).date()}


def _reponses(n: int) -> dict:
    return {
        "nom_complet": textes.personne(n),
        "date_naissance": f"{1950 + n % 55}-{1 + n % 12:02}-{1 + n % 28:02}",
        "usage": une(("ecole", "emploi", "voyage"), n),
        "copies": 1 + n % 5,
    }


def _piece(n: int, dossier: DemarcheAdministrative) -> PieceJointe:
    contenu = textes.pdf(n)
    return PieceJointe(
        mairie_id=dossier.mairie_id,
        demarche=dossier,
        champ=PIECE,
        fichier=ContentFile(contenu, name="piece.pdf"),
        nom_original=f"{nom_court(n)}.pdf",
        type_mime="application/pdf",
        taille=len(contenu),
        sha256=hashlib.sha256(contenu).hexdigest(),
        depose_par_id=dossier.demandeur_id,
    )
