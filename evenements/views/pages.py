"""Pages of our own for those whose mail program leads them here: one confirms, one leaves.

They stand without a front end, without cookies and without scripts in the page.
"""

from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from ecms.api.exports import AnyAccept
from evenements.services import abonnes as services

CSP = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
# The secret is in the address of the page: it goes nowhere else.
HEADERS = {
    "Content-Security-Policy": CSP,
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


@method_decorator(never_cache, name="dispatch")
class AbonnementPage(TemplateView):
    """`/abonnement/#<secret>`: a button that confirms. To open it confirms nothing."""

    template_name = "evenements/abonnement.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(adresse=reverse("abonne-confirmer"), **kwargs)

    def render_to_response(self, context, **kwargs):
        return super().render_to_response(context, headers=HEADERS, **kwargs)


@method_decorator(never_cache, name="dispatch")
class DesinscriptionPage(APIView):
    """Leaving in one click (RFC 8058): POST leaves, whoever posts it, also a mail program without
    a person; GET shows a button, for programs that look at links before people do."""

    unscoped = "the secret names one subscriber, and was mailed to them alone"
    authentication_classes = []
    permission_classes = [AllowAny]
    content_negotiation_class = AnyAccept

    @extend_schema(exclude=True)
    def get(self, request, jeton):
        return self._page("question")

    @extend_schema(exclude=True)
    def post(self, request, jeton):
        abonne = services.desinscrire(jeton)
        return self._page("parti" if abonne else "inconnu", abonne)

    def _page(self, etat: str, abonne=None):
        found = {"etat": etat, "abonne": abonne}
        page = render(self.request, "evenements/desinscription.html", found)
        for name, value in HEADERS.items():
            page[name] = value
        return page
