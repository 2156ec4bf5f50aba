from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from ecms.admin import LongText, StepForm
from mairies.categories import CategorieSignalement


class ServiceMunicipalForm(forms.ModelForm):
    """A service; the problems that it answers for are ticked."""

    categories_signalements = forms.MultipleChoiceField(
        label=_("Catégories de signalements"),
        choices=CategorieSignalement,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )


class RejeterForm(StepForm):
    """Why a request is refused: whoever filed it reads it."""

    motif = LongText(label=_("Motif du rejet"))
