"""Where whoever finds a weakness is to tell it (RFC 9116)."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ecms.environment import origin_of

# Less than a year is advised: what is old may be abandoned. Each answer begins it anew.
LIFETIME = timedelta(days=180)


@require_safe
def security_txt(request):
    """404 until the operator has said where: nobody's address is invented."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = timezone.now() + LIFETIME
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%d}T00:00:00Z",
        "Preferred-Languages: fr, en",
        f"Canonical: {origin_of(settings.API_BASE_URL)}{request.path}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
