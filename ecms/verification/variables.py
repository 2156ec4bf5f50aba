"""Section 8: the documented variables; of secrets, only whether they are set and strong."""

import os

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from ecms.checks import EXAMPLES, SHORTEST_KEY
from ecms.verification import documented
from ecms.verification.documented import Variable
from ecms.verification.report import Line, Section, Verdict, for_production

SHORTEST_PASSWORD = 12
FEWEST_CHARACTERS = 5  # different ones, as Django's own deployment check asks of the key
SMTP = "smtp.EmailBackend"
PLACEHOLDERS = {variable.name: variable.placeholder for variable in documented.VARIABLES}


def section() -> Section:
    lines = [
        for_production(Line(f"variables.{each.name}", each.name, *_judge(each)))
        for each in documented.VARIABLES
    ]
    return Section("variables", _("8. Variables d'environnement"), lines)


def is_set(name: str) -> bool:
    """In the environment (which `.env` completes), itself or as the file that holds it."""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def is_placeholder(name: str, value: str) -> bool:
    """Whether the document's example was left in place, in a list even for one of its items."""
    examples = {each.strip() for each in PLACEHOLDERS[name].split(",")} - {""}
    return bool(examples & {each.strip() for each in value.split(",")})


def weakness(name: str) -> str:
    """Why this secret protects badly, without saying what it is; empty when nothing shows."""
    value = _value(name)
    if is_placeholder(name, value) or value in EXAMPLES:
        return _("c'est la valeur d'exemple du document")
    if name == "SECRET_KEY":
        return _weakness_of_key(value)
    if name == "DB_PASSWORD" and len(value) < SHORTEST_PASSWORD:
        return _("moins de %(count)s caractères") % {"count": SHORTEST_PASSWORD}
    return ""


def sends_mail() -> bool:
    return settings.EMAIL_BACKEND.endswith(SMTP)


def _weakness_of_key(key: str) -> str:
    if len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_CHARACTERS:
        return _("moins de %(count)s caractères tirés au hasard") % {"count": SHORTEST_KEY}
    if key.startswith("django-insecure-"):
        return _("clé de développement engendrée par startproject")
    return ""


def _value(name: str) -> str:
    """What the application really uses, wherever it comes from."""
    if name.startswith("DB_"):
        value = connection.settings_dict[name.removeprefix("DB_")]
    else:
        value = getattr(settings, name)
    return ", ".join(value) if isinstance(value, list) else str(value)


def _judge(variable: Variable) -> tuple[Verdict, str]:
    value = _value(variable.name)
    if not value:
        return _judge_missing(variable)
    origin = _("définie") if is_set(variable.name) else _("valeur par défaut")
    if variable.is_secret:
        return _judge_secret(variable, origin)
    if is_placeholder(variable.name, value):
        text = _("%(value)s : c'est la valeur d'exemple du document")
        return Verdict.FAILURE, text % {"value": value}
    return Verdict.OK, f"{origin} : {value}"


def _judge_missing(variable: Variable) -> tuple[Verdict, str]:
    if variable.is_mail and not sends_mail():
        return Verdict.INFO, _("manquante, et sans usage : aucun serveur SMTP n'est employé")
    if variable.is_required:
        return Verdict.FAILURE, _("manquante")
    return Verdict.WARNING, _("manquante")


def _judge_secret(variable: Variable, origin: str) -> tuple[Verdict, str]:
    reason = weakness(variable.name)
    if not reason:
        return Verdict.OK, origin
    return Verdict.FAILURE, _("%(origin)s, faible : %(reason)s") % {
        "origin": origin,
        "reason": reason,
    }
