"""What the forms and the steps of the agenda ask."""

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
)

from ecms.admin import LongText, StepForm
from ecms.admin.fields import check_moment
from evenements.models import Evenement
from evenements.recurrences import OCCURRENCES
from evenements.services.evenements import Portee

MESSAGE_AU_PLUS = 1000


class MomentField(forms.SplitDateTimeField):
    """A moment in Douala."""

    widget = UnfoldAdminSplitDateTimeWidget
    default_validators = [check_moment]


class PorteeField(forms.TypedChoiceField):
    """What of a series is meant."""

    def __init__(self, **kwargs):
        choix = kwargs.pop("choices", Portee.choices)
        super().__init__(**{"choices": choix, "coerce": Portee, "initial": choix[0][0], **kwargs})


class EvenementForm(forms.ModelForm):
    recurrence_nombre = forms.IntegerField(
        label=_("ou combien de fois"),
        required=False,
        min_value=2,
        max_value=OCCURRENCES,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    portee = PorteeField(
        label=_("Modifier"),
        required=False,
        empty_value=Portee.OCCURRENCE,
        widget=UnfoldAdminSelectWidget,
        help_text=_(
            "L'image et l'ouverture des inscriptions restent propres à chaque date. Une heure "
            "déplacée déplace d'autant celle des autres."
        ),
    )

    class Meta:
        model = Evenement
        fields = ["titre", "debut", "fin", "recurrence", "recurrence_fin"]

    def _get_validation_exclusions(self):
        # The series is given by the service, with its last day.
        return super()._get_validation_exclusions() | {"serie"}

    def clean(self):
        cleaned = super().clean()
        # Refused before the service compares them.
        debut, fin = cleaned.get("debut"), cleaned.get("fin")
        if debut and fin and fin < debut:
            self.add_error("fin", _("La fin vient après le début."))
        return cleaned


class PublierSerieForm(StepForm):
    portee = PorteeField(
        label=_("Publier"),
        choices=[choix for choix in Portee.choices if choix[0] != Portee.OCCURRENCE],
        widget=UnfoldAdminRadioSelectWidget,
    )


class AnnulerForm(StepForm):
    """Why, for whoever is registered; of a series, what of it."""

    message = LongText(
        label=_("Message aux inscrits"),
        required=False,
        max_length=MESSAGE_AU_PLUS,
        help_text=_("Envoyé à chaque inscrit, et affiché avec l'événement."),
    )
    portee = PorteeField(label=_("Annuler"), widget=UnfoldAdminRadioSelectWidget)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not any(row.serie for row in self.rows):
            del self.fields["portee"]


class ReporterForm(StepForm):
    """The new date, where it is known; of several events it is not."""

    debut = MomentField(
        label=_("Nouveau début"),
        required=False,
        help_text=_("Laissez vide si la nouvelle date n'est pas encore connue."),
    )
    fin = MomentField(
        label=_("Nouvelle fin"),
        required=False,
        help_text=_("Vide : la durée reste la même."),
    )
    message = LongText(
        label=_("Message aux inscrits"),
        required=False,
        max_length=MESSAGE_AU_PLUS,
        help_text=_("Envoyé à chaque inscrit, et affiché avec l'événement."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if len(self.rows) > 1:
            del self.fields["debut"], self.fields["fin"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("fin") and not cleaned.get("debut") and "debut" not in self.errors:
            self.add_error("debut", _("Donnez aussi le nouveau début."))
        return cleaned
