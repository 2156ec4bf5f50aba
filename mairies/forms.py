from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.forms import ActionForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from mairies.categories import CategorieSignalement


class ServiceMunicipalForm(forms.ModelForm):
    """A service; the problems that it answers for are ticked."""

    categories_signalements = forms.MultipleChoiceField(
        label=_("Catégories de signalements"),
        choices=CategorieSignalement,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )


class RejeterActionForm(ActionForm):
    """The bulk actions of the requests: refusing asks for the reason."""

    motif_rejet = forms.CharField(label=_("Motif du rejet"), required=False, max_length=2000)
