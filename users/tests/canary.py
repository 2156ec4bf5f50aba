"""A person whom one would recognise anywhere, and everywhere that they have left a trace."""

from datetime import timedelta

from django.contrib.admin.models import CHANGE, LogEntry
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from demarches.models import RendezVous, Suivi
from demarches.tests.factories import (
    DemarcheAdministrativeFactory,
    PieceJointeFactory,
    RendezVousFactory,
    SignalementFactory,
    SuiviFactory,
)
from demarches.workflow import StatutDemarche
from ecms.mail import queue_mail
from ecms.models import RequeteIdempotente
from ecms.tests.files import photo, upload
from evenements.models import AbonneNewsletter
from evenements.tests.factories import (
    AbonneNewsletterFactory,
    EnvoiNewsletterFactory,
    EvenementFactory,
    InscriptionEvenementFactory,
)
from users.models import Utilisateur
from users.tests.factories import TokenVerificationFactory

NAME, EMAIL, PHONE = "Zoulikatou", "canari@exemple.cm", "+237699887766"
IDENTITY, STREET = "CNI112233445", "Rue du Canari"
WORDS = [NAME, EMAIL, PHONE, "699887766", IDENTITY, STREET]
THEM = {"nom": NAME, "email": EMAIL, "telephone": PHONE}


def everything(mairie, account: Utilisateur | None) -> dict:
    """What one person files, under their account or without one; the rows by name."""
    rows = filed(mairie, account)
    told_of(mairie, rows)
    rows["subscriber"] = AbonneNewsletterFactory(mairie=mairie, email=EMAIL, nom=NAME)
    EnvoiNewsletterFactory(abonne=rows["subscriber"], newsletter__mairie=mairie)
    queue_mail("users/mot_de_passe_change", to=EMAIL, nom=NAME)
    RequeteIdempotente.objects.create(cle="k", empreinte="e", reponse=f'{{"email":"{EMAIL}"}}')
    return rows


def filed(mairie, account) -> dict:
    dossier = DemarcheAdministrativeFactory(
        mairie=mairie,
        demandeur=account,
        nom_demandeur=NAME,
        email_demandeur=EMAIL,
        telephone_demandeur=PHONE,
        donnees={"cni": IDENTITY, "adresse": STREET},
        statut=StatutDemarche.REMISE,
        date_cloture=timezone.now(),
        recepisse=ContentFile(b"%PDF-1.4 " + NAME.encode(), name="recepisse.pdf"),
    )
    draft = DemarcheAdministrativeFactory(
        mairie=mairie, demandeur=account, brouillon=True, nom_demandeur=NAME, email_demandeur=EMAIL
    )
    past = RendezVousFactory(mairie=mairie, citoyen=account, motif=STREET, **THEM)
    ago = timezone.now() - timedelta(days=1)
    RendezVous.objects.filter(pk=past.pk).update(debut=ago, fin=ago + timedelta(minutes=5))
    contact = {"email": EMAIL, "telephone": PHONE}
    event = EvenementFactory(mairie=mairie, places_prises=1)
    return {
        "event": event,
        "dossier": dossier,
        "draft": draft,
        "paper": PieceJointeFactory(
            demarche=dossier, mairie=mairie, nom_original=f"{NAME}.pdf", depose_par=account
        ),
        "draft_paper": PieceJointeFactory(demarche=draft, mairie=mairie),
        "past": past,
        "to_come": RendezVousFactory(mairie=mairie, citoyen=account, **THEM),
        "report": SignalementFactory(mairie=mairie, signaleur=account, **contact),
        "registration": InscriptionEvenementFactory(evenement=event, participant=account, **THEM),
    }


def told_of(mairie, rows: dict) -> None:
    """What both sides wrote about it, the mairie's own notes, the admin's history."""
    rows["photo"] = PieceJointeFactory(
        mairie=mairie,
        demarche=None,
        fichier="",
        signalement=rows["report"],
        photo=upload(photo(), "lieu.jpg"),
        nom_original=f"{NAME}.jpg",
    )
    dossier, report = rows["dossier"], rows["report"]
    for about in ({"demarche": dossier}, {"demarche": None, "signalement": report}):
        for origine in (Suivi.Origine.DEMANDEUR, Suivi.Origine.AGENT):
            SuiviFactory(
                mairie=mairie,
                nature=Suivi.Nature.MESSAGE,
                origine=origine,
                message=f"{NAME}, {STREET}",
                **about,
            )
        SuiviFactory(
            mairie=mairie,
            nature=Suivi.Nature.NOTE,
            origine=Suivi.Origine.AGENT,
            est_visible=False,
            message=f"NOTE-INTERNE {NAME}",
            **about,
        )


def dresses(account: Utilisateur) -> Utilisateur:
    """Give the account the canary's name, address, telephone and picture."""
    name = default_storage.save("users/avatars/canari.webp", ContentFile(NAME.encode()))
    Utilisateur.objects.filter(pk=account.pk).update(
        username=NAME, first_name=NAME, last_name=NAME, email=EMAIL, telephone=PHONE,
        adresse=STREET, lieu_naissance=STREET, avatar_url=f"https://api.ecms.test/media/{name}",
    )  # fmt: skip
    account.refresh_from_db()
    TokenVerificationFactory(utilisateur=account)
    return account


def shown_in_the_admin(agent, *rows) -> None:
    for row in rows:
        LogEntry.objects.log_actions(
            agent.pk, [row], CHANGE, [{"changed": {"name": "Profil", "object": str(row)}}]
        )


def traces() -> dict[str, list[str]]:
    """Which of the canary's words stand in which table, whatever its columns."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'SELECT string_agg(t::text, chr(10)) FROM "{table}" t'  # noqa: S608
            )
            text = cursor.fetchone()[0] or ""
            if hits := [word for word in WORDS if word.lower() in text.lower()]:
                found[table] = hits
    return found


def subscribed() -> bool:
    return AbonneNewsletter.objects.filter(email=EMAIL).exists()
