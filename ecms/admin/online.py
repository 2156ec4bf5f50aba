"""What the page of a row says of it: its state, who sees it, and where."""

from django.template.loader import render_to_string
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ecms.flux.adresses import page_address

SEULEMENT_LA_MAIRIE = gettext_lazy("Seulement les agents de la mairie.")


def nom_de(compte) -> str:
    """An account as colleagues call it; "" for none."""
    return compte.get_full_name() or compte.username if compte else ""


def badge(label, colour: str = "") -> str:
    """A state on the page of a row, as `display(label=…)` shows it in a list."""
    return render_to_string("unfold/helpers/label.html", {"text": label, "type": colour})


def a_partir_de(date) -> str:
    return _("Tout le monde à partir du %(date)s.") % {"date": moment(date)}


def plus_depuis(date) -> str:
    return _("Plus personne depuis le %(date)s.") % {"date": moment(date)}


def moment(date) -> str:
    """A date and its hour (Africa/Douala), as the reader writes them."""
    return formats.date_format(timezone.localtime(date), "SHORT_DATETIME_FORMAT")


def en_ligne(mairie, chemin: str):
    """Everybody, with the way to the page of the row on the public site."""
    if mairie.statut != "active":
        return _("Personne encore : l'espace de la mairie n'est pas ouvert.")
    return format_html(
        '{} <a class="text-link underline" href="{}" target="_blank" rel="noopener">{}</a>',
        _("Tout le monde."),
        page_address(mairie, chemin),
        _("Voir en ligne"),
    )
