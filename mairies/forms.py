from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from ecms.admin import LongText, StepForm
from mairies.categories import CategorieSignalement
from mairies.widgets import CouleurWidget, FermeturesField, HorairesField, JoursFermesField


class MairieForm(forms.ModelForm):
    """A mairie; its hours and closed days are rows, its colours are picked."""

    horaires = HorairesField(label=_("Horaires"), required=False)
    jours_fermes = JoursFermesField(
        label=_("Jours fermés"),
        required=False,
        help_text=_("Jours fériés et fermetures de toute la mairie."),
    )

    class Meta:
        widgets = {"couleur_primaire": CouleurWidget, "couleur_secondaire": CouleurWidget}


class ServiceMunicipalForm(forms.ModelForm):
    """A service; its hours and closings are rows, the problems it answers for are ticked."""

    horaires = HorairesField(label=_("Horaires"), required=False)
    fermetures = FermeturesField(
        label=_("Fermetures"),
        required=False,
        help_text=_("En plus des jours fermés de la mairie."),
    )
    categories_signalements = forms.MultipleChoiceField(
        label=_("Catégories de signalements"),
        choices=CategorieSignalement,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )


class RejeterForm(StepForm):
    """Why a request is refused: whoever filed it reads it."""

    motif = LongText(label=_("Motif du rejet"))
