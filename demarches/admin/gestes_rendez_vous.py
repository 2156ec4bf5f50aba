"""The steps of an appointment, and what each of them asks."""

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy, ngettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget

from demarches.admin.reservations import ContactForm
from demarches.creneaux import RECHERCHE, creneaux_libres
from demarches.models import RendezVous
from demarches.serializers.rendez_vous import MESSAGE_AU_PLUS
from demarches.services import rendez_vous as services
from demarches.services.historique import Origine
from demarches.workflow import TRANSITIONS_RENDEZ_VOUS, StatutRendezVous
from ecms.admin import LongText, Step, StepForm

R = StatutRendezVous


class AnnulationForm(StepForm):
    message = LongText(
        label=gettext_lazy("Message à la personne"),
        required=False,
        max_length=MESSAGE_AU_PLUS,
        help_text=gettext_lazy("Envoyé avec l'annulation."),
    )


class DeplacementForm(StepForm):
    """The free places of the coming month, day by day."""

    debut = forms.TypedChoiceField(
        label=gettext_lazy("Nouveau créneau"),
        coerce=datetime.fromisoformat,
        widget=UnfoldAdminSelectWidget,
        error_messages={"invalid_choice": gettext_lazy("Ce créneau n'est pas libre.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        (row,) = self.rows
        jours = _places(row, self.user)
        self.fields["debut"].choices = [("", "---------"), *jours]
        if not jours:
            self.fields["debut"].help_text = gettext_lazy(
                "Aucune place libre dans les semaines qui viennent."
            )


def _places(row: RendezVous, user) -> list[tuple[str, list[tuple[str, str]]]]:
    aujourd_hui = timezone.localdate()
    jours = creneaux_libres(
        row.service,
        aujourd_hui,
        aujourd_hui + RECHERCHE - timedelta(days=1),
        maintenant=timezone.now(),
        sans_limites=services.origine_du_geste(row, user) == Origine.AGENT,
    )
    groups = [
        (
            date_format(jour.date, "l j F Y"),
            [
                (c.debut.isoformat(), f"{c.debut:%H:%M} – {c.fin:%H:%M}")
                for c in jour.creneaux
                if c.debut != row.debut
            ],
        )
        for jour in jours
    ]
    return [(day, places) for day, places in groups if places]


class ModificationForm(StepForm, ContactForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        (row,) = self.rows
        self.initial = {name: getattr(row, name) for name in ContactForm.base_fields}


def _peut_devenir(statut: R):
    return lambda row: statut in TRANSITIONS_RENDEZ_VOUS[R(row.statut)]


def _peut_constater(statut: R):
    return lambda row: _peut_devenir(statut)(row) and row.debut <= timezone.now()


def _est_confirme(row: RendezVous) -> bool:
    return row.statut == R.CONFIRME


GESTES = [
    Step(
        "honorer",
        gettext_lazy("La personne est venue"),
        services.honorer,
        ngettext_lazy("%(count)s rendez-vous honoré.", "%(count)s rendez-vous honorés.", "count"),
        allowed=_peut_constater(R.HONORE),
        permission="traiter",
        variant="primary",
    ),
    Step(
        "absent",
        gettext_lazy("La personne n'est pas venue"),
        services.absent,
        ngettext_lazy("%(count)s absence notée.", "%(count)s absences notées.", "count"),
        allowed=_peut_constater(R.ABSENT),
        permission="traiter",
    ),
    Step(
        "deplacer",
        gettext_lazy("Déplacer"),
        services.deplacer,
        ngettext_lazy("%(count)s rendez-vous déplacé.", "%(count)s rendez-vous déplacés.", "count"),
        allowed=_est_confirme,
        form=DeplacementForm,
        permission="traiter",
        many=False,
    ),
    Step(
        "modifier",
        gettext_lazy("Corriger le contact"),
        services.modifier,
        ngettext_lazy("%(count)s rendez-vous corrigé.", "%(count)s rendez-vous corrigés.", "count"),
        allowed=_est_confirme,
        form=ModificationForm,
        permission="traiter",
        many=False,
    ),
    Step(
        "annuler",
        gettext_lazy("Annuler le rendez-vous"),
        services.annuler,
        ngettext_lazy("%(count)s rendez-vous annulé.", "%(count)s rendez-vous annulés.", "count"),
        allowed=_peut_devenir(R.ANNULE),
        form=AnnulationForm,
        permission="traiter",
        variant="danger",
    ),
]
