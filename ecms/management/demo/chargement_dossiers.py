"""Files the dossiers of the demo, and handles them, through the services that everybody uses."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from demarches.models import DemarcheAdministrative, Formulaire
from demarches.services import controles
from demarches.services import demarches as services
from demarches.services.historique import effacement
from demarches.services.pieces import joindre
from ecms.management.demo import images
from ecms.management.demo.dossiers import DOSSIERS, ActeDemo, DossierDemo
from mairies.models import Mairie

Canal = DemarcheAdministrative.Canal
MOMENTS = [
    *("date_creation", "date_depot", "date_prise_en_charge", "date_piece_demandee"),
    *("date_validation", "date_rejet", "date_preparation", "date_remise", "date_annulation"),
    "date_cloture",
]


def deposer_et_traiter(mairie: Mairie, lieux: dict[str, str], *, agent, citoyen) -> None:
    """Write `DOSSIERS`; `lieux` says what stands for the names between braces."""
    formulaires = {each.nom: each for each in mairie.formulaires.select_related("mairie")}
    for demo in DOSSIERS:
        par = agent if demo.au_guichet else None if demo.nom else citoyen
        demarche = _commencer(demo, formulaires[demo.formulaire], lieux, par)
        for acte in demo.actes:
            demarche = _agir(demarche, acte, agent if acte.par_agent else par)


def _commencer(
    demo: DossierDemo, formulaire: Formulaire, lieux: dict[str, str], par
) -> DemarcheAdministrative:
    avant = timezone.now()
    demarche = services.commencer(
        formulaire,
        par=par,
        canal=Canal.GUICHET if demo.au_guichet else Canal.EN_LIGNE,
        langue="fr",
        donnees=_dire(demo.donnees, formulaire.mairie, lieux),
        nom_demandeur=demo.nom.format_map(lieux),
        telephone_demandeur=demo.telephone,
    )
    if demo.actes and not demo.au_guichet:
        _joindre(demarche, demo, par)
    return _dater(demarche, avant, _moment(demo.jours))


def _dire(valeur, mairie: Mairie, lieux: dict[str, str]):
    """An answer as the questions want it."""
    match valeur:
        case dict():
            return {cle: _dire(each, mairie, lieux) for cle, each in valeur.items()}
        case timedelta():
            return (timezone.localdate() + valeur).isoformat()
        case (float() as nord, float() as est):
            latitude, longitude = Decimal(mairie.latitude), Decimal(mairie.longitude)
            return {"latitude": float(latitude) + nord, "longitude": float(longitude) + est}
        case str():
            return valeur.format_map(lieux)
    return valeur


def _joindre(demarche: DemarcheAdministrative, demo: DossierDemo, par) -> None:
    mairie = demarche.mairie
    for piece in demarche.formulaire.pieces_requises:
        if piece["obligatoire"] and piece["en_ligne"]:
            fichier = images.lettre(piece["libelle"]["fr"], "", demarche.numero_suivi)
            fichier.name = f"{piece['cle']}.pdf"
            joindre(demarche, fichier=fichier, champ=piece["cle"], par=par)
    for champ in demo.fichiers:
        image = images.banniere(demo.formulaire, mairie.nom, (mairie.couleur_primaire, "#5c5c5c"))
        joindre(demarche, fichier=image, champ=champ, par=par)


def _agir(demarche: DemarcheAdministrative, acte: ActeDemo, par) -> DemarcheAdministrative:
    avant, moment, attendait = timezone.now(), _moment(acte.jours), demarche
    getattr(services, acte.nom)(demarche, par=par, **acte.faits)
    demarche = _dater(demarche, avant, moment)
    # As if it had been counted on that day.
    if acte.nom == "deposer":
        demarche.echeance = controles.echeance(demarche, moment)
    if acte.nom == "completer":
        demarche.echeance = controles.echeance_repoussee(attendait, moment)
    demarche.save(update_fields=["echeance"])
    return demarche


def _dater(
    demarche: DemarcheAdministrative, avant: datetime, moment: datetime
) -> DemarcheAdministrative:
    """Everything that was told since `avant` is told at `moment`. Returns the dossier anew."""
    rows = DemarcheAdministrative.objects.filter(pk=demarche.pk)
    dates = rows.values(*MOMENTS).get()
    neuves = {nom: moment for nom, date in dates.items() if date and date >= avant}
    rows.update(**neuves, date_modification=moment)
    demarche.pieces.filter(date_creation__gte=avant).update(date_creation=moment)
    with effacement():
        demarche.suivis.filter(date_creation__gte=avant).update(date_creation=moment)
    return rows.select_related("mairie", "formulaire").get()


def _moment(jours: int) -> datetime:
    return timezone.now() - timedelta(days=jours)
