"""A form that was shown is written once, however often it is sent: a second click, a page that is
sent again. It carries a number of its own (`ecms/admin/once.html`, `number()` in its context)."""

from collections.abc import Callable
from uuid import UUID, uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from ecms.api.idempotency import claimed, fingerprint, hashed
from ecms.models import RequeteIdempotente

FIELD = "_envoi"
TEMPLATE = "ecms/admin/once.html"
LONGEST = RequeteIdempotente._meta.get_field("adresse").max_length


def number() -> dict[str, str]:
    """For the context of a page whose form includes `TEMPLATE`."""
    return {"envoi": str(uuid4()), "envoi_champ": FIELD}


def once(request, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """`answer()`, or for the same form with the same words sent again, where the first one led.

    Only what leads elsewhere has written something: a form that is shown again may be sent again.
    """
    if request.method != "POST" or (key := _key(request)) is None:
        return answer()
    with transaction.atomic():
        claim, is_first = claimed(key, key)
        if not is_first:
            said = _("Cet envoi était le second : il n'a rien ajouté.")
            messages.info(request, said)
            return HttpResponseRedirect(claim.adresse)
        response = answer()
        address = response.headers.get("Location", "")
        if address and len(address) <= LONGEST:
            claim.statut, claim.adresse = response.status_code, address
            claim.save()
        else:
            claim.delete()
        return response


def _key(request) -> str | None:
    try:
        sent = UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None
    body = f"{fingerprint(request.POST)}\0{fingerprint(request.FILES)}"
    return hashed(f"admin {request.path}\0{request.user.pk}\0{sent}\0{body}")
