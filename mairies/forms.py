from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.forms import ActionForm


class RejeterActionForm(ActionForm):
    """The bulk actions of the requests: refusing asks for the reason."""

    motif_rejet = forms.CharField(label=_("Motif du rejet"), required=False, max_length=2000)
