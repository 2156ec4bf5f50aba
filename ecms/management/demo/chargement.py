"""Writes the demo: its mairies, accounts and news, all of it or nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from documents.models import Actualite
from documents.services.actualites import creer_actualite
from ecms.exceptions import DomainError
from ecms.management.demo import images
from ecms.management.demo.accounts import (
    ADMIN,
    COMPTES,
    CONTENU,
    DEMO_PASSWORD,
    DOMAINE,
    CompteDemo,
    adresse_demande,
    adresses,
)
from ecms.management.demo.actualites import ACTUALITE_SUSPENDUE, ACTUALITES, ActualiteDemo
from ecms.management.demo.chargement_documents import deposer_documents
from ecms.management.demo.chargement_dossiers import deposer_et_traiter
from ecms.management.demo.chargement_evenements import annoncer_agenda
from ecms.management.demo.chargement_formulaires import offrir_formulaires
from ecms.management.demo.chargement_newsletters import ecrire_lettres
from ecms.management.demo.chargement_pages import ecrire_pages
from ecms.management.demo.chargement_projets import lancer_projets
from ecms.management.demo.chargement_rendez_vous import prendre_rendez_vous
from ecms.management.demo.chargement_signalements import signaler_et_traiter
from ecms.management.demo.courrier import sans_courriels
from ecms.management.demo.mairies import (
    BUREAUX,
    DEMANDES,
    JOURS_FERIES,
    MAIRIES,
    SERVICES,
    SUSPENDUE,
    MairieDemo,
)
from mairies.importation import importer_collectivites
from mairies.models import Mairie, ServiceMunicipal
from mairies.services import changer_statut_mairie, demander_site
from mairies.workflow import StatutMairie
from users.models import Consentement, ProfilAgentCommunal, Utilisateur
from users.services import addresses, second_factor

# How many times `avancer` is called.
ETAPES = len(MAIRIES) * (10 + len(ACTUALITES)) + len(COMPTES) + len(DEMANDES) + 1

# A number of the right form that belongs to nobody we know.
TELEPHONE = "+237222000001"

# So that the three mairies do not publish at the same minute.
DECALAGE = timedelta(hours=5, minutes=20)


class BaseOccupee(DomainError):
    """The database serves somebody already."""


@transaction.atomic
def charger_demo(*, forcer: bool = False, avancer: Callable[[], object] = lambda: None) -> bool:
    """Load the demo into a database that has none yet; False if it is there already.

    Raises `BaseOccupee` where there are accounts other than the demo's own: `forcer` accepts
    them, but never takes over a name or an open mairie.
    """
    _attendre_son_tour()
    # Its lock is held to the end: a second loading waits here, then finds the first.
    importer_collectivites()
    if Utilisateur.objects.filter(email__in=adresses()).exists():
        return False
    _verifier_libre(forcer)
    with sans_courriels():
        _ecrire(avancer)
    return True


def _ecrire(avancer: Callable[[], object]) -> None:
    for mairie in MAIRIES:
        _ouvrir(mairie)
        avancer()
    comptes = {}
    for compte in COMPTES:
        comptes[compte.username] = _creer_compte(compte)
        avancer()
    _publier_tout(comptes, avancer)
    _suspendre(comptes[ADMIN.username])
    avancer()
    for slug, fonction, message in DEMANDES:
        _demander(slug, fonction, message)
        avancer()


def _attendre_son_tour() -> None:
    """Let this transaction wait for another loading for as long as that takes."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0")


def _verifier_libre(forcer: bool) -> None:
    # The demo has none of its own here: every account is somebody's.
    if not forcer and Utilisateur.objects.exists():
        raise BaseOccupee(
            "Cette base contient déjà des comptes : les données de démonstration n'y ont pas leur "
            "place. L'option --force passe outre.",
            "base_occupee",
        )
    noms = [compte.username for compte in COMPTES]
    memes_noms = Utilisateur.objects.alias(nom=Lower("username")).filter(nom__in=noms)
    pris = list(memes_noms.values_list("username", flat=True))
    if pris:
        raise BaseOccupee(f"Noms d'utilisateur déjà pris : {', '.join(pris)}.", "noms_pris")


def _ouvrir(demo: MairieDemo) -> None:
    mairie = _activer(demo.slug)
    mairie.adresse = demo.adresse
    mairie.email = f"contact.{demo.slug}@{DOMAINE}"
    mairie.latitude, mairie.longitude = demo.latitude, demo.longitude
    mairie.couleur_primaire, mairie.couleur_secondaire = demo.couleurs
    mairie.slogan, mairie.description = demo.slogan, demo.description
    mairie.horaires, mairie.jours_fermes = BUREAUX, _jours_fermes()
    mairie.banniere = images.banniere(demo.nom, demo.slogan, demo.couleurs)
    mairie.bandeau = demo.bandeau
    mairie.bandeau_fin = timezone.now() + timedelta(days=7) if demo.bandeau else None
    mairie.save()
    ServiceMunicipal.objects.bulk_create(
        ServiceMunicipal(mairie=mairie, ordre=ordre, **service)
        for ordre, service in enumerate(SERVICES, start=1)
    )


def _activer(slug: str) -> Mairie:
    return changer_statut_mairie(Mairie.objects.get(slug=slug), StatutMairie.ACTIVE)


def _jours_fermes() -> list[str]:
    annee = timezone.localdate().year
    return [f"{year}-{jour}" for year in (annee, annee + 1) for jour in JOURS_FERIES]


def _suspendre(administrateur: Utilisateur) -> None:
    mairie = _activer(SUSPENDUE)
    _publier(ACTUALITE_SUSPENDUE, mairie=mairie, auteur=administrateur)
    changer_statut_mairie(mairie, StatutMairie.SUSPENDUE)


def _demander(slug: str, fonction: str, message: str) -> None:
    mairie = Mairie.objects.get(slug=slug)
    demander_site(
        mairie=mairie,
        nom_demandeur=f"Mairie {mairie.nom}",
        fonction_demandeur=fonction,
        email=adresse_demande(slug),
        telephone=TELEPHONE,
        message=message,
        justificatif=images.lettre(f"Mairie de {mairie.nom}", "", fonction, "", message),
    )


def _creer_compte(compte: CompteDemo) -> Utilisateur:
    utilisateur = Utilisateur(
        username=compte.username,
        email=compte.email,
        first_name=compte.first_name,
        last_name=compte.last_name,
        langue=compte.langue,
        consentement_le=timezone.now(),
    )
    utilisateur.set_password(DEMO_PASSWORD)
    utilisateur.is_superuser = utilisateur.is_staff = compte == ADMIN
    utilisateur.save()
    Consentement.objects.get_or_create(
        utilisateur=utilisateur, version=settings.PRIVACY_NOTICE_VERSION
    )
    addresses.verify(utilisateur, compte.email)
    if utilisateur.is_superuser:
        # Nobody enters there without one.
        second_factor.enrol(utilisateur)
    if compte.mairie:
        _rattacher(utilisateur, compte, Mairie.objects.get(slug=compte.mairie))
    return utilisateur


def _rattacher(utilisateur: Utilisateur, compte: CompteDemo, mairie: Mairie) -> None:
    if compte.groupe:
        utilisateur.role_user, utilisateur.is_staff = Utilisateur.Role.AGENT, True
        utilisateur.groups.set(Group.objects.filter(name=compte.groupe))
        ProfilAgentCommunal.objects.create(utilisateur=utilisateur, mairie=mairie)
    else:
        utilisateur.mairie = mairie
    utilisateur.save()


def _publier_tout(comptes: dict[str, Utilisateur], avancer: Callable[[], object]) -> None:
    for rang, demo in enumerate(MAIRIES):
        mairie = Mairie.objects.get(slug=demo.slug)
        auteur = comptes[f"{CONTENU.lower()}.{demo.slug}"]
        lieux = {"commune": demo.nom, **demo.lieux}
        for actualite in ACTUALITES:
            _publier(actualite, mairie=mairie, auteur=auteur, lieux=lieux, decalage=rang * DECALAGE)
            avancer()
        ecrire_pages(mairie, lieux)
        avancer()
        deposer_documents(mairie, auteur=auteur)
        avancer()
        offrir_formulaires(mairie)
        avancer()
        lancer_projets(mairie, lieux, auteur=auteur)
        avancer()
        agent, citoyen = comptes[f"agent.{demo.slug}"], comptes[f"citoyen.{demo.slug}"]
        signaler_et_traiter(mairie, lieux, agent=agent, citoyen=citoyen)
        avancer()
        prendre_rendez_vous(mairie, citoyen=citoyen)
        avancer()
        deposer_et_traiter(mairie, lieux, agent=agent, citoyen=citoyen)
        avancer()
        ecrire_lettres(mairie, lieux, auteur=auteur)
        avancer()
        annoncer_agenda(mairie, lieux, citoyen=citoyen)
        avancer()


def _publier(
    demo: ActualiteDemo,
    *,
    mairie: Mairie,
    auteur: Utilisateur,
    lieux: dict[str, str] | None = None,
    decalage: timedelta = timedelta(),
) -> None:
    date = _date(demo) - decalage
    actualite = Actualite(
        mairie=mairie,
        titre=demo.titre.format_map(lieux or {}),
        resume=demo.resume.format_map(lieux or {}),
        contenu=demo.contenu.strip().format_map(lieux or {}),
        categorie=demo.categorie,
        statut=demo.statut,
        epinglee=demo.epinglee,
        date_publication=date if demo.statut == "publiee" else None,
        date_expiration=date + timedelta(days=demo.duree) if demo.duree else None,
    )
    if demo.banniere:
        couleurs = (mairie.couleur_primaire, mairie.couleur_secondaire)
        actualite.image = images.banniere(demo.banniere, mairie.nom, couleurs)
    creer_actualite(actualite, auteur=auteur)


def _date(demo: ActualiteDemo) -> datetime:
    maintenant = timezone.localtime().replace(second=0, microsecond=0)
    if demo.fete is None:
        return maintenant + timedelta(days=demo.jours)
    mois, jour = demo.fete
    date = maintenant.replace(month=mois, day=jour, hour=8, minute=0)
    return date if date <= maintenant else date.replace(year=date.year - 1)
