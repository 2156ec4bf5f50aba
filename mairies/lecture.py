"""Hours, closed days and closings as whoever may not change them reads them, on a page."""

from datetime import date

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from mairies.categories import CategorieSignalement
from mairies.horaires import JOURS
from mairies.widgets import DEMI_JOURNEES, NOMS_DES_JOURS


def lire_horaires(horaires: dict):
    """The week, closed days included."""
    jours = ((NOMS_DES_JOURS[jour], _heures(horaires.get(jour, []))) for jour in JOURS)
    lignes = format_html_join("", '<tr><th scope="row">{}</th><td>{}</td></tr>', jours)
    return format_html('<div class="ecms-read"><table>{}</table></div>', lignes)


def lire_jours_fermes(jours: list[str]):
    return _liste((_jour(jour), "") for jour in sorted(jours))


def lire_fermetures(fermetures: list[dict]):
    demis = dict(DEMI_JOURNEES)
    return _liste(
        (_jour(fermeture["date"]), _suite(demis, fermeture))
        for fermeture in sorted(fermetures, key=lambda each: each["date"])
    )


def lire_categories(categories: list[str]) -> str:
    return ", ".join(str(CategorieSignalement(each).label) for each in categories)


def _heures(intervalles: list) -> str:
    return ", ".join(f"{debut} – {fin}" for debut, fin in intervalles) or _("Fermé")


def _jour(iso: str) -> str:
    return date_format(date.fromisoformat(iso), "l j F Y")


def _suite(demis: dict, fermeture: dict) -> str:
    dits = [demis[fermeture.get("demi_journee") or ""], fermeture.get("motif")]
    return " : " + ", ".join(str(dit) for dit in dits if dit)


def _liste(lignes):
    items = format_html_join("", "<li>{}{}</li>", lignes)
    return format_html('<div class="ecms-read"><ul>{}</ul></div>', items)
