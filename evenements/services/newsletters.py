"""Writing a letter and saying when it leaves. The API and the admin both call these; the sending
itself is `evenements.services.envois`."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from ecms.backups import aftermath
from ecms.exceptions import DomainError, TransitionInterdite
from ecms.mail import queue_mail
from evenements.models import EnvoiNewsletter, Newsletter
from evenements.workflow import TRANSITIONS_NEWSLETTER, StatutEnvoi, StatutNewsletter

TACHE = "evenements.tasks.envoyer_newsletters"
# The task cluster of the mailings (`Q_CLUSTER`).
CLUSTER = "envois"


class LettreFigee(DomainError):
    code = "lettre_figee"


class SansAdresse(DomainError):
    code = "adresse_non_verifiee"


def creer_newsletter(newsletter: Newsletter, *, auteur) -> Newsletter:
    """Save a new draft."""
    newsletter.auteur = auteur
    newsletter.statut = StatutNewsletter.BROUILLON
    newsletter.save()
    return newsletter


@transaction.atomic
def modifier_newsletter(newsletter: Newsletter) -> Newsletter:
    """Save a changed draft. Raises `LettreFigee` for anything else: what is planned is taken back
    first, what has left has left."""
    _verifier_brouillon(_verrouillee(newsletter))
    newsletter.save()
    return newsletter


@transaction.atomic
def supprimer_newsletter(newsletter: Newsletter) -> None:
    """Delete a draft. Raises `LettreFigee` for anything else."""
    _verifier_brouillon(_verrouillee(newsletter))
    newsletter.delete()


def planifier(newsletter: Newsletter, *, date_envoi: datetime | None) -> Newsletter:
    """Let the letter leave at `date_envoi`. Raises `ValidationError` unless that is to come, and
    `TransitionInterdite` for a letter that has left."""
    if date_envoi is None or date_envoi <= timezone.now():
        raise ValidationError({"date_envoi": _("La date d'envoi doit être dans l'avenir.")})
    return _avancer(newsletter, StatutNewsletter.PLANIFIEE, date_envoi=date_envoi)


@transaction.atomic
def envoyer(newsletter: Newsletter) -> Newsletter:
    """Let the letter leave now. Raises `TransitionInterdite` for one that has left."""
    partie = _avancer(newsletter, StatutNewsletter.PLANIFIEE, date_envoi=timezone.now())
    # The schedule would find it within a minute.
    async_task(TACHE, cluster=CLUSTER)
    return partie


def deplanifier(newsletter: Newsletter) -> Newsletter:
    """Take a planned letter back: it is a draft again. Raises `TransitionInterdite` for any
    other."""
    return _avancer(newsletter, StatutNewsletter.BROUILLON, date_envoi=None)


def envoyer_apercu(newsletter: Newsletter, *, par) -> None:
    """Mail the letter to the account `par` alone. Raises `SansAdresse` without a verified one."""
    if not (par.email and par.is_verified):
        raise SansAdresse(_("Vérifiez d'abord votre adresse électronique."))
    queue_mail(
        "evenements/newsletter_apercu",
        to=par.email,
        language=par.langue,
        newsletter=newsletter.pk,
    )


@transaction.atomic
def _avancer(
    newsletter: Newsletter, statut: StatutNewsletter, *, date_envoi: datetime | None
) -> Newsletter:
    gardee = _verrouillee(newsletter)
    ancien = StatutNewsletter(gardee.statut)
    if statut not in TRANSITIONS_NEWSLETTER[ancien]:
        message = _("Une newsletter « %(ancien)s » ne peut pas devenir « %(nouveau)s ».")
        raise TransitionInterdite(ancien, statut, message)
    gardee.statut, gardee.date_envoi = statut, date_envoi
    gardee.save(update_fields=["statut", "date_envoi", "date_modification"])
    newsletter.statut, newsletter.date_envoi = gardee.statut, gardee.date_envoi
    newsletter.date_modification = gardee.date_modification
    return newsletter


def _verrouillee(newsletter: Newsletter) -> Newsletter:
    return Newsletter.objects.select_for_update(no_key=True).get(pk=newsletter.pk)


def _verifier_brouillon(newsletter: Newsletter) -> None:
    if newsletter.statut != StatutNewsletter.BROUILLON:
        raise LettreFigee(_("Seul un brouillon se modifie : reprenez d'abord cette newsletter."))


@transaction.atomic
def retenir() -> int:
    """Nobody gets twice, after a restoration, what left after the backup: messages that were on
    their way are given up, letters whose time has come since are drafts again, for an agent to
    judge. Returns how many."""
    en_route = EnvoiNewsletter.objects.filter(statut=StatutEnvoi.A_ENVOYER)
    passees = Newsletter.objects.filter(
        statut=StatutNewsletter.PLANIFIEE, date_envoi__lte=timezone.now()
    )
    return en_route.update(
        statut=StatutEnvoi.ABANDONNE, derniere_erreur="restauration"
    ) + passees.update(statut=StatutNewsletter.BROUILLON, date_envoi=None)


aftermath.declare("envois et newsletters retenus", retenir)
