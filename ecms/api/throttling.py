from rest_framework.throttling import BaseThrottle

from ecms import limits
from ecms.requests import client_address


class AddressThrottle(BaseThrottle):
    """Counts the requests of one address to the actions that the view names in `rates`:
    {"create": "demande_site_adresse"}, a rate of `settings.RATES`."""

    def allow_request(self, request, view):
        rate = view.rates.get(view.action)
        if rate:
            limits.count(rate, client_address(request))
        return True
