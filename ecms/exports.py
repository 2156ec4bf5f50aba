"""What the rows of a model tell in a file: declared once, by the `exports` module of each app."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from django_q.models import Failure, Schedule

from ecms.models import Courriel
from ecms.workbooks import Columns


@dataclass(frozen=True)
class Export:
    """`name` is that of the files, `columns` what they hold, `prepared` the rows with what the
    columns follow; it keeps their order."""

    name: str
    columns: Columns
    prepared: Callable[[QuerySet], QuerySet] = lambda rows: rows


_exports: dict[type[Model], Export] = {}


def declare(model: type[Model], export: Export) -> None:
    _exports[model] = export


def export_of(model: type[Model]) -> Export | None:
    return _exports.get(model)


def following(*relations: str) -> Callable[[QuerySet], QuerySet]:
    """Rows with these relations, in the same query."""
    return lambda rows: rows.select_related(*relations)


# Neither the addresses nor the words of mails: they are somebody's.
COURRIELS = {
    _("Gabarit"): lambda c: c.gabarit,
    _("Statut"): lambda c: c.get_statut_display(),
    _("Tentatives"): lambda c: c.tentatives,
    _("Prochain essai"): lambda c: c.prochain_essai,
    _("Dernière erreur"): lambda c: c.derniere_erreur,
    _("Envoyé le"): lambda c: c.date_envoi,
    _("Créé le"): lambda c: c.date_creation,
}
# Neither what the tasks were given nor what they said.
ECHECS = {
    _("Tâche"): lambda f: f.name,
    _("Fonction"): lambda f: f.func,
    _("Début"): lambda f: f.started,
    _("Fin"): lambda f: f.stopped,
}
HORLOGE = {
    _("Tâche"): lambda s: s.name,
    _("Fonction"): lambda s: s.func,
    _("Rythme"): lambda s: s.get_schedule_type_display(),
    _("Minutes"): lambda s: s.minutes,
    _("Prochaine fois"): lambda s: s.next_run,
}

declare(Courriel, Export("courriels", COURRIELS))
declare(Failure, Export("taches-echouees", ECHECS))
declare(Schedule, Export("taches-planifiees", HORLOGE))
declare(Group, Export("groupes", {_("Nom"): lambda g: g.name}))
