from functools import partial

from django.contrib import admin
from django.utils.translation import gettext_lazy, ngettext_lazy

from documents.models import FAQ
from documents.services import faqs as services
from ecms.admin import ScopedAdmin, Step


def _afficher(faq, *, par, est_active: bool) -> None:
    services.afficher_faq(faq, est_active=est_active)


@admin.register(FAQ)
class FAQAdmin(ScopedAdmin):
    steps = [
        Step(
            "afficher",
            gettext_lazy("Afficher"),
            partial(_afficher, est_active=True),
            ngettext_lazy(
                "%(count)s question affichée.", "%(count)s questions affichées.", "count"
            ),
            allowed=lambda faq: not faq.est_active,
            variant="primary",
        ),
        Step(
            "masquer",
            gettext_lazy("Masquer"),
            partial(_afficher, est_active=False),
            ngettext_lazy("%(count)s question masquée.", "%(count)s questions masquées.", "count"),
            allowed=lambda faq: faq.est_active,
        ),
    ]
    list_display = ["question", "mairie", "categorie", "ordre", "est_active"]
    list_editable = ["ordre", "est_active"]
    list_filter = ["est_active", "mairie"]
    list_select_related = ["mairie"]
    search_fields = ["question", "categorie"]
    fieldsets = [
        (None, {"fields": ["mairie", "question", "reponse"]}),
        (
            gettext_lazy("Place sur le site"),
            {
                "fields": ["categorie", "ordre", "est_active"],
                "description": gettext_lazy(
                    "Tout le monde voit les questions affichées, rangées par catégorie puis par "
                    "ordre ; les autres ne sont vues que de la mairie."
                ),
            },
        ),
    ]
