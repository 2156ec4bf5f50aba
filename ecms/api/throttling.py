"""Limits on what anyone may do, counted by `ecms.limits` for all processes."""

from rest_framework.throttling import BaseThrottle

from ecms import limits
from ecms.requests import client_address


class AddressThrottle(BaseThrottle):
    """Counts the requests of one address to the actions that the view names in `rates`:
    {"create": "demande_site_adresse"}, a rate of `settings.RATES`."""

    def allow_request(self, request, view):
        if rate := view.rates.get(view.action):
            limits.count(rate, client_address(request))
        return True


class AuthorThrottle(BaseThrottle):
    """Like `AddressThrottle`, for what people file: an account is counted by itself wherever it
    is, a visitor by the address. Agents at their desk are not counted."""

    def allow_request(self, request, view):
        rate, user = view.rates.get(view.action), request.user
        if rate and not (user.is_authenticated and user.is_staff):
            author = f"compte {user.pk}" if user.is_authenticated else client_address(request)
            limits.count(rate, author)
        return True


class SecretThrottle(BaseThrottle):
    """Counts the wrong secrets of one address: whole quarters share one, so a right secret is
    free. For `ecms.api.owners.OwnedRowsMixin`, which gives the try back."""

    def allow_request(self, request, view):
        if view.secret:
            view.secret_try = limits.count("secret_adresse", client_address(request))
        return True
