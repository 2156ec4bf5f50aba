"""What the pages of events and of letters have in common."""

from collections.abc import Callable

from django.utils.html import format_html
from django.utils.translation import gettext as _

from ecms.admin import StepForm


class Confirmation(StepForm):
    """Asks nothing: what cannot be taken back is not done by one click."""


def seul(service: Callable) -> Callable:
    """`service` as a step calls it, for those that do not ask who acts."""
    return lambda row, *, par, **reponses: service(row, **reponses)


def barre(fait: int, total: int, texte: str):
    """A bar with its figures; without a total the figures alone."""
    if not total:
        return texte
    return format_html(
        '<span class="evenements-barre"><progress max="{}" value="{}" aria-label="{}"></progress>'
        "<span>{}</span></span>",
        total,
        fait,
        _("Avancement"),
        texte,
    )
