"""The steps of a project, along the table of `projets.workflow`."""

from functools import partial

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from unfold.widgets import UnfoldAdminDateWidget

from ecms.admin import Step, StepForm
from projets import services
from projets.workflow import TRANSITIONS, Statut


class TerminerForm(StepForm):
    """When the works were over."""

    date_fin_reelle = forms.DateField(
        label=gettext_lazy("Fin réelle"), widget=UnfoldAdminDateWidget, initial=timezone.localdate
    )

    def clean_date_fin_reelle(self):
        date = self.cleaned_data["date_fin_reelle"]
        if date > timezone.localdate():
            raise ValidationError(_("La fin réelle n'est pas dans l'avenir."))
        return date


def _deplacer(projet, *, par, statut: Statut, date_fin_reelle=None) -> None:
    services.changer_statut_projet(projet, statut, date_fin_reelle=date_fin_reelle)


def _ouvrir(projet, *, par, est_public: bool) -> None:
    services.ouvrir_projet(projet, est_public=est_public)


def _peut(statut: Statut):
    return lambda projet: statut in TRANSITIONS[projet.statut]


ETAPES = [
    Step(
        "demarrer",
        gettext_lazy("Démarrer ou reprendre les travaux"),
        partial(_deplacer, statut=Statut.EN_COURS),
        ngettext_lazy("%(count)s projet en cours.", "%(count)s projets en cours.", "count"),
        allowed=_peut(Statut.EN_COURS),
        variant="primary",
    ),
    Step(
        "terminer",
        gettext_lazy("Terminer"),
        partial(_deplacer, statut=Statut.TERMINE),
        ngettext_lazy("%(count)s projet terminé.", "%(count)s projets terminés.", "count"),
        allowed=lambda projet: _peut(Statut.TERMINE)(projet) and projet.avancement == 100,
        form=TerminerForm,
        variant="primary",
    ),
    Step(
        "suspendre",
        gettext_lazy("Suspendre"),
        partial(_deplacer, statut=Statut.SUSPENDU),
        ngettext_lazy("%(count)s projet suspendu.", "%(count)s projets suspendus.", "count"),
        allowed=_peut(Statut.SUSPENDU),
    ),
    Step(
        "annuler",
        gettext_lazy("Annuler le projet"),
        partial(_deplacer, statut=Statut.ANNULE),
        ngettext_lazy("%(count)s projet annulé.", "%(count)s projets annulés.", "count"),
        allowed=_peut(Statut.ANNULE),
        # Nothing comes after it: its page asks before it is done.
        form=StepForm,
        variant="danger",
    ),
    Step(
        "publier",
        gettext_lazy("Rendre public"),
        partial(_ouvrir, est_public=True),
        ngettext_lazy(
            "%(count)s projet rendu public.", "%(count)s projets rendus publics.", "count"
        ),
        allowed=lambda projet: not projet.est_public,
    ),
    Step(
        "interne",
        gettext_lazy("Garder pour la mairie"),
        partial(_ouvrir, est_public=False),
        ngettext_lazy(
            "%(count)s projet gardé pour la mairie.",
            "%(count)s projets gardés pour la mairie.",
            "count",
        ),
        allowed=lambda projet: projet.est_public,
    ),
]
