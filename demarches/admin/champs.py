"""What the pages of the desk ask with."""

from django import forms
from unfold.widgets import BASE_INPUT_CLASSES, UnfoldAdminTextInputWidget


class JourInput(forms.DateInput):
    """A day, picked in the browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs=None):
        classes = " ".join([*BASE_INPUT_CLASSES, "max-w-2xl"])
        super().__init__({"class": classes, **(attrs or {})}, format="%Y-%m-%d")


class LigneField(forms.CharField):
    """A text of one line: it goes into subjects of mails. Breaks become blanks."""

    widget = UnfoldAdminTextInputWidget

    def to_python(self, value):
        return " ".join(super().to_python(value).splitlines())
