"""The home of the admin: what awaits whoever opens it, and how their mairie does."""

import json

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ecms import dashboard
from ecms.admin.awaiting import address_of
from ecms.admin.figures import awaiting, kept, view_of
from ecms.admin.navigation import in_order
from ecms.health import health
from ecms.periodes import PERIODES, Periode, lire_periode

PERIODS = {
    "semaine": gettext_lazy("7 jours"),
    "mois": gettext_lazy("30 jours"),
    "annee": gettext_lazy("12 mois"),
}
DEFAULT = "mois"
SHOWN_ACTS = 8
# What the admin calls the types of `ecms.dashboard.Acts`.
PAGES = {
    "demarche": "demarches_demarcheadministrative",
    "rendez_vous": "demarches_rendezvous",
    "signalement": "demarches_signalement",
    "actualite": "documents_actualite",
    "document": "documents_documentofficiel",
    "newsletter": "evenements_newsletter",
    "mise_a_jour": "projets_miseajourprojet",
}
CHART = {
    "animation": False,
    "responsive": True,
    "maintainAspectRatio": False,
    "maxBarThickness": 14,
    "plugins": {"legend": {"display": False}},
    "scales": {
        "x": {"ticks": {"maxTicksLimit": 6, "maxRotation": 0}, "grid": {"display": False}},
        "y": {"beginAtZero": True, "ticks": {"precision": 0, "maxTicksLimit": 4}, "grid": {}},
    },
}


def home(request, context: dict) -> dict:
    """`DASHBOARD_CALLBACK` of Unfold."""
    name = request.GET.get("periode", DEFAULT)
    name = name if name in PERIODES else DEFAULT
    view, now = view_of(request), timezone.now()
    periode = lire_periode(name, now)
    totals, series = kept(
        request,
        f"period.{name}",
        lambda: (dashboard.totals(view, periode), dashboard.charts(view, periode)),
    )
    acts = kept(request, "acts", lambda: dashboard.latest_acts(view, now)[:SHOWN_ACTS])
    points = [_point(point, periode) for point in periode.points]
    return {
        **context,
        "title": _("Accueil"),
        "name": request.user.first_name or request.user.username,
        "place": view.mairie.nom if view.mairie else "",
        "tasks": _tasks(request, view),
        "nothing_waits": not any(awaiting(request).values()),
        "todays": _todays(kept(request, "today", lambda: dashboard.today(view, now))),
        "periods": [(key, label, key == name) for key, label in PERIODS.items()],
        "series": [_drawn(*each, points) for each in zip(totals, series, strict=True)],
        "chart_options": json.dumps(CHART),
        "rows": [
            (point, [each["valeurs"][number] for each in series])
            for number, point in enumerate(points)
        ],
        "acts": [{**act, "lien": _row_page(act)} for act in acts],
        **_national(request),
    }


def _national(request) -> dict:
    """How the country and the installation do: for the national administrator."""
    if not request.user.is_superuser:
        return {}
    breakdowns = kept(request, "breakdowns", dashboard.breakdowns)
    for breakdown in breakdowns:
        breakdown["link"] = _list_of(dashboard.breakdown_named(breakdown["nom"]).model)
        most = max((part["nombre"] for part in breakdown["parts"]), default=0)
        for part in breakdown["parts"]:
            part["part"] = round(100 * part["nombre"] / most) if most else 0
    found = health()
    waiting_minutes = (found["file"]["attente_secondes"] or 0) // 60
    return {"breakdowns": breakdowns, "health": found, "waiting_minutes": waiting_minutes}


def _tasks(request, view: dashboard.View) -> list[dict]:
    """What awaits somebody, in the order of the sidebar, with the address of the list that shows
    just these rows."""
    counts = awaiting(request)
    shown = [task for task in dashboard.tasks(view) if task.model in admin.site._registry]
    return [
        {
            "name": task.name,
            "label": task.label,
            "count": counts.get(task.name, 0),
            "link": f"{_list_of(task.model)}?{address_of(task)}",
        }
        for task in sorted(shown, key=lambda task: in_order(task.model))
    ]


def _list_of(model) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def _todays(todays: list[dict]) -> list[dict]:
    found = []
    for each in todays:
        declared = dashboard.today_named(each["nom"])
        opts = declared.model._meta
        page = f"admin:{opts.app_label}_{opts.model_name}_change"
        lines = [{**line, "link": reverse(page, args=[line["pk"]])} for line in each["lignes"]]
        link = f"{_list_of(declared.model)}?{declared.query}"
        found.append({**each, "lignes": lines, "link": link})
    return found


def _row_page(act: dict) -> str:
    page = PAGES.get(act["type"])
    return reverse(f"admin:{page}_change", args=[act["id"]]) if page else ""


def _point(point, periode: Periode) -> str:
    return date_format(point, "j N" if periode.pas == "jour" else "N Y")


def _drawn(total: dict, series: dict, points: list[str]) -> dict:
    """A figure with its trend, and what the chart draws of it."""
    bars = {"data": series["valeurs"], "backgroundColor": "var(--color-primary-600)"}
    bars["label"] = str(series["libelle"])
    return {**total, "chart": json.dumps({"labels": points, "datasets": [bars]})}
