"""One shape for every error: problem+json (RFC 9457), as docs/api.md describes it.

`problem` builds the answer; `exception_handler` serves DRF, `failure` whatever happens outside it.
"""

import logging
from http import HTTPStatus

from django.apps import apps
from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.db.models import CheckConstraint, ProtectedError, RestrictedError
from django.http import Http404, JsonResponse, UnreadablePostError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.serializers import as_serializer_error
from rest_framework.views import set_rollback

from ecms.exceptions import DomainError, TooManyAttempts
from ecms.files import is_full
from ecms.requests import request_id
from ecms.slugs import violated_constraint

logger = logging.getLogger("ecms.errors")
RETRY_AFTER_SECONDS = 5

# The stable code and the sentence of each status that needs no other.
DEFAULTS = {
    400: ("invalide", gettext_lazy("La demande n'est pas valable.")),
    401: ("non_authentifie", gettext_lazy("Connectez-vous pour continuer.")),
    403: ("interdit", gettext_lazy("Vous n'avez pas le droit de faire cela.")),
    404: ("introuvable", gettext_lazy("Ce que vous cherchez n'existe pas ou plus.")),
    405: ("methode_interdite", gettext_lazy("Cette opération n'existe pas à cette adresse.")),
    406: ("format_inconnu", gettext_lazy("Le format demandé n'est pas proposé.")),
    409: ("conflit", gettext_lazy("Cette opération n'est pas possible dans l'état actuel.")),
    412: (
        "version_perimee",
        gettext_lazy("Quelqu'un a modifié cet élément entre-temps. Relisez-le avant d'écrire."),
    ),
    413: ("trop_volumineux", gettext_lazy("L'envoi est trop volumineux.")),
    415: ("type_refuse", gettext_lazy("Ce type de contenu n'est pas accepté ici.")),
    416: ("plage_absente", gettext_lazy("Le fichier n'a pas la partie demandée.")),
    429: ("trop_de_demandes", gettext_lazy("Trop d'essais. Réessayez un peu plus tard.")),
    500: ("erreur_interne", gettext_lazy("Une erreur s'est produite. Elle a été enregistrée.")),
    503: (
        "indisponible",
        gettext_lazy("Le service est momentanément indisponible. Réessayez dans un instant."),
    ),
    507: (
        "espace_insuffisant",
        gettext_lazy("Il n'y a plus de place pour enregistrer ce fichier."),
    ),
}


def problem(
    status: int, *, code: str = "", detail="", fields=None, headers=None, extra=None
) -> JsonResponse:
    """The answer for an error; code and sentence are the status's own unless given. `extra` holds
    members of its own."""
    default_code, default_detail = DEFAULTS.get(status, DEFAULTS[400 if status < 500 else 500])
    response = JsonResponse(
        {
            **(extra or {}),
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": str(detail or default_detail),
            "code": code or default_code,
            "fields": fields or {},
            "request_id": request_id.get(),
        },
        status=status,
        content_type="application/problem+json",
        headers=headers,
    )
    response["Cache-Control"] = "private, no-store"
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def exception_handler(exc, context):
    """DRF's: every exception that says something to a client; None for a fault of ours."""
    set_rollback()
    return failure(exc, context["view"])


def failure(exc, view=None):
    """The problem that tells `exc`, None when it is a fault of ours."""
    match exc:
        case DomainError():
            return problem(409, code=exc.code, detail=exc.message, extra=exc.extra)
        case TooManyAttempts():
            return problem(429, headers={"Retry-After": str(exc.retry_after)})
        case ProtectedError() | RestrictedError():
            return problem(409, code="element_utilise", detail=_("Cet élément est encore utilisé."))
        case IntegrityError():
            return _integrity(exc)
        case UnreadablePostError():
            # The client broke off, or took too long between two pieces of its body.
            return problem(400)
        case OSError() if is_full(exc):
            logger.error("Plus de place : %s", exc.strerror)
            return problem(507)
        case OperationalError() | InterfaceError():
            report_outage(exc)
            return problem(503)
        case DjangoValidationError():
            return _invalid(as_serializer_error(exc))
        case exceptions.ValidationError():
            return _invalid(exc.detail)
        case exceptions.APIException():
            return _api_exception(exc, view)
        case Http404():
            return problem(404)
        case PermissionDenied():
            return problem(403)
        case RequestDataTooBig():
            return problem(413)
        case BadRequest() | SuspiciousOperation() | DataError() | UnicodeError():
            return problem(400)
    return None


def report_outage(exc) -> None:
    """Tell the operator what PostgreSQL refused: its first line, for the others quote rows."""
    logger.error("PostgreSQL : %s", (str(exc).splitlines() or [type(exc).__name__])[0])


def _api_exception(exc, view):
    headers = {}
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if isinstance(exc, exceptions.MethodNotAllowed) and view is not None:
        headers["Allow"] = ", ".join(view.allowed_methods)
    said = exc.detail if isinstance(exc.detail, str) else None
    if said is None or said.code == exc.default_code or exc.status_code not in {400, 401, 403, 409}:
        return problem(exc.status_code, headers=headers)
    return problem(exc.status_code, code=said.code, detail=said, headers=headers)


def _invalid(detail):
    fields = detail if isinstance(detail, dict) else {"non_field_errors": detail}
    return problem(400, fields=_messages(fields), detail=_("Certains champs sont à corriger."))


def _messages(value):
    """Nested errors as plain lists and dicts of sentences."""
    if isinstance(value, dict):
        return {str(key): _messages(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_messages(inner) for inner in value]
    return str(value)


def _integrity(exc):
    """What a constraint of the database refused, said with the constraint's own message."""
    constraint = constraint_named(violated_constraint(exc))
    if constraint is None:
        return problem(409)
    message = str(constraint.get_violation_error_message())
    if isinstance(constraint, CheckConstraint):
        return problem(400, detail=message, fields={"non_field_errors": [message]})
    fields = {name: [message] for name in named_fields(constraint)}
    return problem(409, code="deja_pris", detail=message, fields=fields)


def named_fields(constraint) -> list[str]:
    """The fields that a refusal is about. The mairie is the server's to name, and therefore not
    among them unless it stands alone."""
    fields = list(getattr(constraint, "fields", ()))
    return [name for name in fields if name != "mairie"] or fields


def constraint_named(name: str | None):
    """The model constraint called `name`, None when there is none."""
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name:
                return constraint
    return None
