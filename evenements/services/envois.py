"""Sending a letter to each confirmed subscriber once, whatever is killed (docs/adr/0014).

Who is to receive it is written down when the letter leaves: one row each. Each message then has a
transaction of its own: its row is locked, the message handed to the mail server, the row marked,
the lock released by the commit. A process that dies loses its lock at once, so another sends that
message: it alone may go twice, and only if the server had taken it already.
"""

import logging
import smtplib
import time
from datetime import timedelta
from enum import Enum, auto

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from ecms import limits
from ecms.exceptions import TooManyAttempts
from ecms.models import Compteur
from ecms.observing import counters
from evenements.mails.newsletters import message_de
from evenements.models import AbonneNewsletter, EnvoiNewsletter, Newsletter
from evenements.workflow import StatutAbonne, StatutEnvoi, StatutNewsletter
from mairies.models import MairieQuerySet
from mairies.workflow import StatutMairie

logger = logging.getLogger("ecms.newsletters")

# A run is over before the next begins: none waits in the queue behind it.
DUREE_SECONDES = 50
ESSAIS_MAX = 12
PREMIER_DELAI = timedelta(minutes=1)
DELAI_MAX = timedelta(hours=2)
# How old the list of the letters under way may be: one that began, a mairie that was suspended.
RELIRE_SECONDES = 1
# The transaction of a message waits for the answers of the mail server, which may look into the
# message before the last one: `EMAIL_MAILING_TIMEOUT` bounds each, PostgreSQL the whole.
_PATIENTER = "SET LOCAL idle_in_transaction_session_timeout = '10min'"
# A server that fails twice in a row is away; once may be the message, or the end of a connection.
PANNES_MAX = 2

# What the sending of a message writes into its row.
NOTES = [
    "statut",
    "tentatives",
    "prochain_essai",
    "derniere_erreur",
    "date_envoi",
    "date_modification",
]

_INSCRIRE = """
INSERT INTO evenements_envoinewsletter (newsletter_id, abonne_id, statut, tentatives,
    prochain_essai, derniere_erreur, date_creation, date_modification)
SELECT %(newsletter)s, id, 'a_envoyer', 0, %(maintenant)s, '', %(maintenant)s, %(maintenant)s
FROM evenements_abonnenewsletter
WHERE mairie_id = %(mairie)s AND statut = 'confirme'
ORDER BY id
ON CONFLICT DO NOTHING
"""


class Issue(Enum):
    """What became of one message."""

    PARTI = auto()
    ABANDONNE = auto()
    # This recipient, later.
    PLUS_TARD = auto()
    # This message, never.
    REFUSE = auto()
    # This address, never again.
    ADRESSE_REFUSEE = auto()
    # The server itself: nobody's fault.
    PANNE = auto()
    # It did not say whether it took the message: each new try may be one too many.
    SILENCE = auto()


# Under the names of other mails' outcomes (`ecms.mail`); all else is tried again.
LETTRE = "evenements/newsletter"
RESULTATS = {
    Issue.PARTI: "sent",
    Issue.ABANDONNE: "dropped",
    Issue.REFUSE: "refused",
    Issue.ADRESSE_REFUSEE: "refused",
}


class FinDeTournee(Exception):
    """Nothing more leaves in this run: its time is up, the rate reached, or the server away."""


def tournee(secondes: float = DUREE_SECONDES) -> int:
    """Send what is due, a message of each letter in turn; returns how many went.

    Several may run at once. What it leaves behind, the next one finds.
    """
    commencer_les_dues()
    cette = _Tournee(time.monotonic() + secondes)
    try:
        while cette.un_tour():
            pass
    except FinDeTournee:
        pass
    finally:
        cette.raccrocher()
    terminer_les_finies()
    return cette.partis


def avancement(newsletter: Newsletter) -> dict[str, int]:
    """How many messages of a letter are in which state, and how many per cent are dealt with."""
    rows = EnvoiNewsletter.objects.filter(newsletter=newsletter).order_by()
    comptes = dict(rows.values_list("statut").annotate(Count("pk")))
    total = sum(comptes.values())
    traites = total - comptes.get(StatutEnvoi.A_ENVOYER, 0)
    est_partie = newsletter.statut == StatutNewsletter.ENVOYEE
    pourcentage = 100 * traites // total if total else 100 * est_partie
    return {
        "total": total,
        **{statut.value: comptes.get(statut.value, 0) for statut in StatutEnvoi},
        "pourcentage": pourcentage,
    }


def commencer_les_dues() -> None:
    """Let the planned letters leave whose time has come, of mairies that are active."""
    dues = Newsletter.objects.filter(
        statut=StatutNewsletter.PLANIFIEE,
        date_envoi__lte=timezone.now(),
        mairie__statut=StatutMairie.ACTIVE,
    )
    for pk in dues.order_by("date_envoi").values_list("pk", flat=True):
        _commencer(pk)


def terminer_les_finies() -> None:
    """Close the letters that have nothing left to send."""
    reste = EnvoiNewsletter.objects.filter(newsletter=OuterRef("pk"), statut=StatutEnvoi.A_ENVOYER)
    maintenant = timezone.now()
    Newsletter.objects.filter(~Exists(reste), statut=StatutNewsletter.EN_COURS).update(
        statut=StatutNewsletter.ENVOYEE, date_fin=maintenant, date_modification=maintenant
    )


@transaction.atomic
def _commencer(pk: int) -> None:
    """Write down who receives the letter, and that it is on its way, in one transaction."""
    maintenant = timezone.now()
    rows = Newsletter.objects.filter(
        pk=pk, statut=StatutNewsletter.PLANIFIEE, date_envoi__lte=maintenant
    )
    newsletter = rows.select_for_update(skip_locked=True).first()
    if newsletter is None:
        return
    named = {"newsletter": pk, "mairie": newsletter.mairie_id, "maintenant": maintenant}
    with connection.cursor() as cursor:
        cursor.execute(_INSCRIRE, named)
    newsletter.statut, newsletter.date_envoi = StatutNewsletter.EN_COURS, maintenant
    newsletter.save(update_fields=["statut", "date_envoi", "date_modification"])


def _en_cours() -> list[Newsletter]:
    rows = Newsletter.objects.select_related("mairie").defer(*MairieQuerySet.pages_of("mairie"))
    return list(
        rows.filter(statut=StatutNewsletter.EN_COURS, mairie__statut=StatutMairie.ACTIVE)
        .filter(Exists(_dus().filter(newsletter=OuterRef("pk"))))
        .order_by("date_envoi", "pk")
    )


def _dus():
    return EnvoiNewsletter.objects.filter(
        statut=StatutEnvoi.A_ENVOYER, prochain_essai__lte=timezone.now()
    )


class _Tournee:
    """One run: its connection to the mail server, kept from message to message, and its end."""

    def __init__(self, fin: float):
        self.fin = fin
        self.partis = 0
        self.pannes = 0
        self.ligne = None
        self.lettres: list[Newsletter] = []
        self.relire = 0.0

    def un_tour(self) -> bool:
        """Deal with one message of each letter under way; False when none was left to take.
        Raises `FinDeTournee`."""
        if time.monotonic() >= self.relire:
            self.lettres = _en_cours()
            self.relire = time.monotonic() + RELIRE_SECONDES
        self.lettres = [lettre for lettre in self.lettres if self.un_message(lettre)]
        return bool(self.lettres)

    def un_message(self, newsletter: Newsletter) -> bool:
        """Deal with one message of the letter; False if others have taken all that are due.
        Raises `FinDeTournee`."""
        if time.monotonic() >= self.fin:
            raise FinDeTournee
        self._appeler()
        permis = self._permis()
        issue = None
        try:
            issue = self._dans_sa_transaction(newsletter)
        finally:
            if issue != Issue.PARTI:
                permis.free()
        if issue is not None:
            self._retenir(issue)
        return issue is not None

    def raccrocher(self) -> None:
        """End the connection, also one that is broken."""
        ligne, self.ligne = self.ligne, None
        if ligne is not None:
            try:
                ligne.close()
            except OSError:
                logger.debug("the mail server was gone before its goodbye")

    def _appeler(self) -> None:
        """Be connected. Before any row is taken: a server that is away concerns no recipient."""
        if self.ligne is not None:
            return
        ligne = get_connection(timeout=settings.EMAIL_MAILING_TIMEOUT)
        try:
            ligne.open()
        except OSError as error:
            logger.warning("the mail server does not answer: %s", type(error).__name__)
            raise FinDeTournee from error
        self.ligne = ligne

    def _permis(self) -> limits.Try:
        # Committed at once: within the transaction of the message, the counter's row would be
        # locked as long as the mail server takes, and every other sender wait for it.
        try:
            return limits.count("newsletter")
        except TooManyAttempts:
            raise FinDeTournee from None

    @transaction.atomic
    def _dans_sa_transaction(self, newsletter: Newsletter) -> Issue | None:
        with connection.cursor() as cursor:
            cursor.execute(_PATIENTER)
        rows = _dus().filter(newsletter=newsletter).order_by("prochain_essai", "pk")
        locked = rows.select_for_update(skip_locked=True, of=("self",))
        envoi = locked.select_related("abonne").first()
        if envoi is None:
            return None
        abonne = envoi.abonne
        if abonne.statut != StatutAbonne.CONFIRME:
            issue, erreur = Issue.ABANDONNE, ""
        else:
            issue, erreur = self._remettre(message_de(newsletter, abonne, envoi=envoi.pk))
        _noter(envoi, issue, erreur)
        return issue

    def _remettre(self, message: EmailMessage) -> tuple[Issue, str]:
        try:
            self.ligne.send_messages([message])
        except (OSError, ValueError) as error:
            # The class alone: a server's sentence often repeats the address.
            return juger(error), type(error).__name__
        return Issue.PARTI, ""

    def _retenir(self, issue: Issue) -> None:
        counters.add(Compteur.COURRIEL, LETTRE, RESULTATS.get(issue, "deferred"))
        self.partis += issue == Issue.PARTI
        en_panne = issue in {Issue.PANNE, Issue.SILENCE}
        self.pannes = self.pannes + 1 if en_panne else 0
        if en_panne:
            self.raccrocher()
        if self.pannes >= PANNES_MAX:
            logger.warning("the mail server fails: the rest of the letters waits")
            raise FinDeTournee


def juger(error: Exception) -> Issue:
    """What an answer of the mail server says of a message (RFC 5321, 4.2.1; RFC 3463, 3.8)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        ((code, texte),) = error.recipients.values()
        return _refus_du_destinataire(code, texte)
    if isinstance(error, smtplib.SMTPDataError):
        if error.smtp_code == 421:
            return Issue.PANNE
        return Issue.REFUSE if error.smtp_code >= 500 else Issue.PLUS_TARD
    # smtplib tells a wait that was too long as a connection that ended.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return Issue.SILENCE
    # A message that cannot be written out; everything else is the server, or our sign-in there.
    return Issue.REFUSE if isinstance(error, ValueError) else Issue.PANNE


def _refus_du_destinataire(code: int, texte: bytes) -> Issue:
    if code == 421:
        return Issue.PANNE
    # Class 5.7 is about us (a block list, a relay that is closed), not about the address.
    if code < 500 or bytes(texte).startswith(b"5.7."):
        return Issue.PLUS_TARD
    return Issue.ADRESSE_REFUSEE


def _noter(envoi: EnvoiNewsletter, issue: Issue, erreur: str) -> None:
    envoi.derniere_erreur = erreur
    maintenant = timezone.now()
    match issue:
        case Issue.PARTI:
            envoi.statut, envoi.date_envoi = StatutEnvoi.ENVOYE, maintenant
        case Issue.ABANDONNE:
            envoi.statut = StatutEnvoi.ABANDONNE
        case Issue.REFUSE | Issue.ADRESSE_REFUSEE:
            envoi.statut = StatutEnvoi.REFUSE
        case Issue.PLUS_TARD | Issue.SILENCE:
            _remettre_a_plus_tard(envoi)
        case Issue.PANNE:
            # No try of its own. The others go first, and the wait grows with what it lasts: the
            # server may have taken it without our hearing of it.
            attente = min(max(maintenant - envoi.date_creation, PREMIER_DELAI), DELAI_MAX)
            envoi.prochain_essai = maintenant + attente
    envoi.save(update_fields=NOTES)
    if issue == Issue.ADRESSE_REFUSEE:
        _rejeter(envoi.abonne_id)


def _remettre_a_plus_tard(envoi: EnvoiNewsletter) -> None:
    envoi.tentatives += 1
    attente = min(PREMIER_DELAI * 2 ** (envoi.tentatives - 1), DELAI_MAX)
    envoi.prochain_essai = timezone.now() + attente
    if envoi.tentatives >= ESSAIS_MAX:
        envoi.statut = StatutEnvoi.REFUSE


def _rejeter(abonne_id: int) -> None:
    """No letter goes to an address that does not exist; it may be subscribed again."""
    maintenant = timezone.now()
    AbonneNewsletter.objects.filter(pk=abonne_id, statut=StatutAbonne.CONFIRME).update(
        statut=StatutAbonne.REJETE, date_rejet=maintenant, date_modification=maintenant
    )
