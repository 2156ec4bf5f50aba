"""Works that are late, and what agents told of theirs."""

from django.utils.translation import gettext_lazy as _

from ecms.dashboard import Acts, Task, declare_acts, declare_task, publication
from projets.models import MiseAJourProjet, Projet, ProjetQuerySet

declare_task(
    Task(
        "projets_en_retard",
        _("Projets en retard"),
        Projet,
        "projets.view_projet",
        lambda moment: ProjetQuerySet.retard(),
    )
)

declare_acts(
    "projets",
    Acts(
        MiseAJourProjet,
        "projets.view_miseajourprojet",
        ("-date_creation", "-pk"),
        lambda m: publication(m, m.projet.mairie, "mise_a_jour", m.date_creation, m.titre),
        related=("auteur", "projet__mairie"),
    ),
)
