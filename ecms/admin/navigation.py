"""The sidebar, in the order of the work: what a person may open, and how much awaits them there."""

from dataclasses import dataclass

from django.contrib import admin
from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from ecms.admin import figures


@dataclass(frozen=True)
class Entry:
    """A model, or a page named `page` beside it, for whoever may open the model.

    `badge` is the task of `ecms.dashboard` that is counted beside it; `national` keeps it to the
    national administrator.
    """

    model: str
    icon: str
    title: Promise | None = None
    badge: str = ""
    page: str = ""
    national: bool = False


GROUPS: list[tuple[Promise, list[Entry]]] = [
    (
        _("Guichet"),
        [
            Entry(
                "demarches.demarcheadministrative",
                "folder_open",
                _("Dossiers"),
                "demarches_a_prendre",
            ),
            # One word for one or many in French: the model's own name is the singular elsewhere.
            Entry(
                "demarches.rendezvous",
                "event_available",
                _("Rendez-vous"),
                "rendez_vous_du_jour",
            ),
            Entry(
                "demarches.rendezvous",
                "calendar_view_week",
                _("Agenda des rendez-vous"),
                page="demarches_rendezvous_agenda",
            ),
            Entry("demarches.signalement", "report", badge="signalements_nouveaux"),
        ],
    ),
    (
        _("Publier"),
        [
            Entry("documents.actualite", "newspaper"),
            Entry("documents.documentofficiel", "description"),
            Entry("documents.pagecms", "article"),
            Entry("documents.faq", "quiz"),
        ],
    ),
    (
        _("Agenda et lettres"),
        [
            Entry("evenements.evenement", "event"),
            Entry("evenements.inscriptionevenement", "how_to_reg"),
            Entry("evenements.newsletter", "mail"),
            Entry("evenements.envoinewsletter", "outgoing_mail"),
            Entry("evenements.abonnenewsletter", "contacts"),
        ],
    ),
    (
        _("Projets"),
        [
            Entry("projets.projet", "construction"),
            Entry("projets.miseajourprojet", "update"),
            Entry("projets.documentprojet", "folder"),
        ],
    ),
    (
        _("La mairie"),
        [
            Entry("mairies.mairie", "account_balance"),
            Entry("mairies.servicemunicipal", "apartment"),
            Entry("demarches.formulaire", "assignment"),
            Entry("users.utilisateur", "badge"),
        ],
    ),
    (
        _("Plateforme"),
        [
            Entry("mairies.demandecreationsite", "approval", badge="demandes_a_traiter"),
            Entry("ecms.courriel", "outgoing_mail"),
            Entry("django_q.schedule", "schedule"),
            Entry("django_q.failure", "error"),
            Entry("auth.group", "groups"),
            Entry("users.session", "devices"),
        ],
    ),
]


def in_order(model: type[Model]) -> int:
    """Where the sidebar has `model`."""
    labels = [entry.model for _title, entries in GROUPS for entry in entries]
    label = model._meta.label_lower
    return labels.index(label) if label in labels else len(labels)


def navigation(request) -> list[dict]:
    """`SIDEBAR.navigation` of Unfold."""
    home = {"title": _("Accueil"), "icon": "home", "link": reverse("admin:index")}
    groups = [{"title": "", "items": [home]}]
    for title, entries in GROUPS:
        items = [item for entry in entries if (item := _item(request, entry))]
        groups.append({"title": title, "separator": True, "items": items})
    groups.append({"title": _("Autres"), "separator": True, "items": _others(request)})
    _mark_active(request.path, [item for group in groups for item in group["items"]])
    return [group for group in groups if group["items"]]


def _item(request, entry: Entry) -> dict | None:
    model_admin = _admins().get(entry.model)
    if model_admin is None or not model_admin.has_view_or_change_permission(request):
        return None
    opts = model_admin.opts
    name = entry.page or f"{opts.app_label}_{opts.model_name}_changelist"
    try:
        link = reverse(f"admin:{name}")
    except NoReverseMatch:
        return None
    title = entry.title or capfirst(opts.verbose_name_plural)
    if entry.model == "mairies.mairie" and not request.user.is_superuser:
        if (mairie := request.user.mairie_agent) is None:
            return None
        link = reverse("admin:mairies_mairie_change", args=[mairie.pk])
        title = _("Ma mairie")
    item = {"title": title, "icon": entry.icon, "link": link}
    if entry.badge and (count := figures.awaiting(request).get(entry.badge)):
        item["badge"] = _short(count)
    return item


def _short(count: int) -> str | int:
    return count if count < 1000 else "999+"


def _others(request) -> list[dict]:
    """Whatever is registered and named in no group."""
    named = {entry.model for _title, entries in GROUPS for entry in entries}
    return [
        {
            "title": capfirst(model_admin.opts.verbose_name_plural),
            "icon": "tag",
            "link": reverse(
                f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}_changelist"
            ),
        }
        for label, model_admin in _admins().items()
        if label not in named and model_admin.has_view_or_change_permission(request)
    ]


def _admins() -> dict:
    return {model._meta.label_lower: each for model, each in admin.site._registry.items()}


def _mark_active(path: str, items: list[dict]) -> None:
    """The entry whose address leads furthest towards this page."""
    for item in items:
        item["active"] = False
    home = reverse("admin:index")
    within = [
        item
        for item in items
        if path == item["link"] or (item["link"] != home and path.startswith(_folder(item["link"])))
    ]
    if within:
        max(within, key=lambda item: len(item["link"]))["active"] = True


def _folder(link: str) -> str:
    """The address of the row, for an entry that leads to one."""
    return link.removesuffix("change/")
