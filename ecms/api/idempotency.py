"""Writes that may be repeated: a client that never saw the answer sends the same request again,
with the same `Idempotency-Key`, and gets the same answer (docs/api.md, Retries).

The key is claimed in the transaction of the write itself. Whoever comes second waits for the first
on the unique key, then finds the answer; what was refused, or cut short, leaves no claim behind.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from ecms.api.exceptions import Refused
from ecms.exceptions import DomainError
from ecms.models import RequeteIdempotente

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT = timedelta(hours=24)
PARAMETER = OpenApiParameter(
    HEADER,
    OpenApiTypes.UUID,
    OpenApiParameter.HEADER,
    description="Repeats of the same request within 24 hours get the same answer.",
)


class KeyReused(DomainError):
    code = "cle_reutilisee"


def idempotent(handler: Callable) -> Callable:
    """For a viewset's method that writes: one effect and one answer per `Idempotency-Key`.

    A key belongs to the address and to the account; without an account it stands alone, for it
    cannot be guessed. Without a key the handler runs as it is. Raises `KeyReused` for another body
    under the same key, `Refused` for a key that is no UUID.
    """

    @extend_schema(parameters=[PARAMETER])
    @wraps(handler)
    def wrapped(view, request, *args, **kwargs):
        given = request.headers.get(HEADER)
        if given is None:
            return handler(view, request, *args, **kwargs)
        key, given_body = _key(request, given), fingerprint(request.data)
        response = _once(key, given_body, lambda: handler(view, request, *args, **kwargs))
        if REPLAYED in response.headers and hasattr(view, "secret_was_right"):
            # The same body opened the row before: its secret is no guess.
            view.secret_was_right()
        return response

    wrapped.is_idempotent = True
    return wrapped


def purge() -> int:
    """Forget the answers that are too old to be asked for again; returns how many."""
    return RequeteIdempotente.objects.filter(date_creation__lt=_horizon()).delete()[0]


def claimed(key: str, body: str) -> tuple[RequeteIdempotente, bool]:
    """The claim of `key`, and whether it is ours: whoever comes second waits here for the first to
    commit. Call it within the transaction of the write."""
    RequeteIdempotente.objects.filter(cle=key, date_creation__lt=_horizon()).delete()
    return RequeteIdempotente.objects.get_or_create(cle=key, defaults={"empreinte": body})


@transaction.atomic
def _once(key: str, body: str, run: Callable[[], Response]) -> Response:
    claim, is_first = claimed(key, body)
    if not is_first:
        return _replay(claim, body)
    response = run()
    if response.status_code >= 400:
        transaction.set_rollback(True)
        return response
    claim.statut = response.status_code
    claim.reponse = JSONRenderer().render(response.data).decode()
    claim.adresse = response.headers.get("Location", "")
    claim.save()
    return response


def _replay(claim: RequeteIdempotente, body: str) -> Response:
    if claim.empreinte != body:
        raise KeyReused(_("Cette clé a déjà servi pour un autre envoi."))
    headers = {REPLAYED: "true", **({"Location": claim.adresse} if claim.adresse else {})}
    data = json.loads(claim.reponse) if claim.reponse else None
    return Response(data, claim.statut, headers=headers)


def _horizon():
    return timezone.now() - KEPT


def _key(request, given: str) -> str:
    try:
        key = UUID(given)
    except ValueError:
        raise Refused(_("Idempotency-Key est un UUID."), "cle_invalide") from None
    account = request.user.pk if request.user.is_authenticated else ""
    return hashed(f"{request.method} {request.path}\0{account}\0{key}")


def fingerprint(data) -> str:
    """Of a body: JSON, or the fields and files of a form."""
    if hasattr(data, "lists"):
        data = {name: [_part(value) for value in values] for name, values in data.lists()}
    return hashed(json.dumps(data, sort_keys=True))


def _part(value) -> str:
    """A field of a form; a file by its name and its bytes."""
    if not isinstance(value, File):
        return value
    digest = hashlib.sha256()
    for block in value.chunks():
        digest.update(block)
    value.seek(0)
    return f"{value.name}\0{digest.hexdigest()}"


def hashed(text: str) -> str:
    return salted_hmac("ecms.idempotency", text, algorithm="sha256").hexdigest()
