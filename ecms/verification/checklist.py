"""Section 7.5: the ten lines of the production checklist, each with what was measured."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ecms.environment import origin_of
from ecms.verification.connection import judge_tls
from ecms.verification.database import Database
from ecms.verification.report import Line, Section, Verdict, for_production
from ecms.verification.services import (
    judge_backups,
    judge_logging,
    judge_mail,
    judge_rate_limits,
)
from ecms.verification.variables import is_placeholder, is_set, weakness

Judgement = tuple[Verdict, str]


@dataclass(frozen=True)
class Item:
    code: str
    label: str | Promise
    judge: Callable[[], Judgement]
    needs_database: bool = False


def section(database: Database) -> Section:
    lines = [for_production(line) for item in ITEMS for line in _lines(item, database)]
    return Section("checklist", _("7. Liste de contrôle de la production"), lines)


def _lines(item: Item, database: Database) -> list[Line]:
    code, label = f"checklist.{item.code}", str(item.label)

    def measure() -> list[Line]:
        return [Line(code, label, *item.judge())]

    return database.lines(code, label, measure) if item.needs_database else measure()


def judge_credentials() -> Judgement:
    if not is_set("DB_PASSWORD"):
        return Verdict.FAILURE, _("DB_PASSWORD n'est pas dans l'environnement")
    if reason := weakness("DB_PASSWORD"):
        return Verdict.FAILURE, _("DB_PASSWORD est faible : %(reason)s") % {"reason": reason}
    if connection.settings_dict["ENGINE"] == settings.EMBEDDED:
        return Verdict.FAILURE, _("le PostgreSQL embarqué ne vérifie aucun mot de passe")
    return Verdict.OK, _("DB_PASSWORD vient de l'environnement et n'est pas celui du document")


def judge_debug() -> Judgement:
    return (Verdict.FAILURE if settings.DEBUG else Verdict.OK), f"DEBUG={settings.DEBUG}"


def judge_allowed_hosts() -> Judgement:
    hosts = settings.ALLOWED_HOSTS
    names = ", ".join(hosts)
    if not hosts:
        return Verdict.FAILURE, _("ALLOWED_HOSTS est vide")
    if any(host.startswith("*") for host in hosts):
        return Verdict.FAILURE, _("n'importe quel hôte est accepté : %(names)s") % {"names": names}
    if is_placeholder("ALLOWED_HOSTS", ",".join(hosts)):
        return Verdict.FAILURE, _("valeur d'exemple du document : %(names)s") % {"names": names}
    if not set(hosts) - {*settings.LOCAL_HOSTS, "testserver"}:
        return Verdict.FAILURE, _("aucun nom public : %(names)s") % {"names": names}
    return Verdict.OK, names


def judge_secret_key() -> Judgement:
    if reason := weakness("SECRET_KEY"):
        return Verdict.FAILURE, _("SECRET_KEY est faible : %(reason)s") % {"reason": reason}
    if not is_set("SECRET_KEY"):
        return Verdict.FAILURE, _("SECRET_KEY n'est pas dans l'environnement")
    if settings.DEMO:
        return Verdict.FAILURE, _("clé engendrée pour la démonstration")
    return Verdict.OK, _("SECRET_KEY vient de l'environnement et n'est pas un exemple")


def judge_cors() -> Judgement:
    origins = list(settings.CORS_ALLOWED_ORIGINS)
    names, frontend = ", ".join(origins), origin_of(settings.FRONTEND_URL)
    if getattr(settings, "CORS_ALLOW_ALL_ORIGINS", False):
        return Verdict.FAILURE, _("toutes les origines sont acceptées")
    if frontend not in origins:
        text = _("le site public (%(frontend)s) n'est pas parmi les origines : %(names)s")
        return Verdict.FAILURE, text % {"frontend": frontend or "-", "names": names or "-"}
    if any(origin.startswith("http://") for origin in origins):
        return Verdict.FAILURE, _("origine sans HTTPS : %(names)s") % {"names": names}
    return Verdict.OK, names


ITEMS = (
    Item(
        "credentials",
        gettext_lazy("Identifiants de la base dans l'environnement"),
        judge_credentials,
    ),
    Item("tls", gettext_lazy("TLS vers PostgreSQL"), judge_tls, needs_database=True),
    Item("backups", gettext_lazy("Sauvegardes planifiées"), judge_backups, needs_database=True),
    Item("debug", gettext_lazy("DEBUG = False"), judge_debug),
    Item("allowed_hosts", gettext_lazy("ALLOWED_HOSTS configuré"), judge_allowed_hosts),
    Item("secret_key", gettext_lazy("SECRET_KEY gardée en lieu sûr"), judge_secret_key),
    Item("cors", gettext_lazy("CORS configuré pour le site public"), judge_cors),
    Item("email", gettext_lazy("Courriel par un serveur SMTP"), judge_mail),
    Item(
        "rate_limiting",
        gettext_lazy("Limitation de débit"),
        judge_rate_limits,
        needs_database=True,
    ),
    Item("logging", gettext_lazy("Journaux configurés"), judge_logging),
)
