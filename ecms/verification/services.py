"""What the checklist measures by trying it: mail, limits, logs, and what shows of backups."""

import logging
import uuid

from django.conf import settings
from django.core import mail
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from ecms import limits
from ecms.backups import keeping
from ecms.verification.database import row
from ecms.verification.report import Verdict
from ecms.verification.variables import sends_mail

TRIES = 500  # a wider rate is only shown to count, not to end


def judge_backups() -> tuple[Verdict, str]:
    """What lies in BACKUP_DIR. Without one, that there are copies at all shows only outside."""
    state = keeping.state()
    if state is None:
        return _judge_other_backups()
    if not state.readable:
        return Verdict.WARNING, _("BACKUP_DIR ne peut être lu d'ici")
    if state.last is None:
        return Verdict.FAILURE, _("BACKUP_DIR ne contient aucune sauvegarde achevée de cette base")
    facts = {
        "age": int(state.age.total_seconds() // 3600),
        "size": filesizeformat(state.last.size),
        "missing": len(state.last.missing),
        "most": int(settings.BACKUP_MAX_AGE.total_seconds() // 3600),
    }
    if state.late:
        text = _("la dernière sauvegarde a %(age)s h, plus que les %(most)s h permises")
        return Verdict.FAILURE, text % facts
    if state.last.missing:
        text = _("dernière sauvegarde il y a %(age)s h ; %(missing)s fichiers y manquent")
        return Verdict.WARNING, text % facts
    if not state.last.encryption:
        text = _("dernière sauvegarde il y a %(age)s h (%(size)s), en clair : BACKUP_KEY manque")
        return Verdict.WARNING, text % facts
    return Verdict.OK, _("dernière sauvegarde il y a %(age)s h (%(size)s), chiffrée") % facts


def _judge_other_backups() -> tuple[Verdict, str]:
    archiving, replicas = row(
        "SELECT current_setting('archive_mode'), (SELECT count(*) FROM pg_stat_replication)"
    )
    text = _(
        "BACKUP_DIR n'est pas défini ; archivage continu : %(archiving)s ; réplicas branchés :"
        " %(replicas)s ; restent à montrer la planification et un essai de restauration"
    )
    return Verdict.TO_CONFIRM, text % {"archiving": archiving, "replicas": replicas}


def judge_mail() -> tuple[Verdict, str]:
    if not sends_mail():
        text = _("%(backend)s n'envoie rien à personne") % {"backend": settings.EMAIL_BACKEND}
        return Verdict.FAILURE, text
    if not settings.EMAIL_HOST:
        return Verdict.FAILURE, _("EMAIL_HOST manque")
    if settings.EMAIL_USE_TLS and settings.EMAIL_USE_SSL:
        return Verdict.FAILURE, _("EMAIL_USE_TLS et EMAIL_USE_SSL s'excluent")
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    if refusal := _mail_refusal():
        text = _("%(server)s ne répond pas comme il faut : %(reason)s")
        return Verdict.FAILURE, text % {"server": server, "reason": refusal}
    if not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL):
        return Verdict.WARNING, _("%(server)s répond, en clair") % {"server": server}
    return Verdict.OK, _("%(server)s répond, par une liaison chiffrée") % {"server": server}


def _mail_refusal() -> str:
    """Open a session with the SMTP server, credentials included; no mail is sent."""
    backend = mail.get_connection()
    try:
        backend.open()
    except (OSError, UnicodeError) as error:  # smtplib's errors are OSErrors
        return type(error).__name__  # not its text, which a server may have filled with anything
    finally:
        backend.fail_silently = True
        backend.close()
    return ""


def judge_rate_limits() -> tuple[Verdict, str]:
    rates = settings.RATES
    leaks = [name for name, (most, _period) in rates.items() if not _holds(name, most)]
    if leaks or not rates:
        text = _("sans effet : %(names)s") % {"names": ", ".join(leaks) or "RATES"}
        return Verdict.FAILURE, text
    shown = ", ".join(f"{name} {most}/{period} s" for name, (most, period) in rates.items())
    return Verdict.OK, _("essayées dans PostgreSQL : %(rates)s") % {"rates": shown}


def _holds(name: str, most: int) -> bool:
    """Try for somebody who does not exist: all the tries allowed pass, the next one does not."""
    expected = [True] * min(most, TRIES) + [False] * (most < TRIES)
    probe = uuid.uuid4().hex
    with transaction.atomic():
        tries = [limits.allowed(name, "verify_deployment", probe) for _try in expected]
        transaction.set_rollback(True)
    return tries == expected


def judge_logging() -> tuple[Verdict, str]:
    """What the live loggers do, not only what the settings say."""
    logger = logging.getLogger("ecms")
    handlers = sorted(getattr(settings, "LOGGING", {}).get("handlers", {}))
    level = logging.getLevelName(logger.getEffectiveLevel())
    text = _("niveau %(level)s, sorties : %(handlers)s")
    evidence = text % {"level": level, "handlers": ", ".join(handlers) or "-"}
    if not (handlers and logger.hasHandlers() and logger.isEnabledFor(logging.WARNING)):
        return Verdict.FAILURE, evidence
    is_verbose = logger.isEnabledFor(logging.DEBUG)
    return (Verdict.WARNING if is_verbose else Verdict.OK), evidence
