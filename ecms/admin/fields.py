"""How the admin's forms take what a column holds."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import JSONField, URLField
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminFileFieldWidget

from ecms.admin.widgets import ImageWidget, RichTextWidget
from ecms.fields import DocumentField, HTMLField, JSONFormField, PublicImageField


class DocumentWidget(UnfoldAdminFileFieldWidget):
    """Takes a file and shows no address of the present one: it has none."""

    def is_initial(self, value):
        return False


FIRST_YEAR, LAST_YEAR = 1900, 2190
FORM_FIELDS = {
    DocumentField: {"widget": DocumentWidget},
    HTMLField: {"widget": RichTextWidget},
    JSONField: {"form_class": JSONFormField},
    PublicImageField: {"widget": ImageWidget},
    URLField: {"assume_scheme": "https"},
}


def check_moment(moment: datetime) -> None:
    """A slip such as the year 202: midnight of the first day that can be written is a moment that
    PostgreSQL keeps and Python cannot read back, nor any list with it."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValidationError(_("Cette date est trop lointaine."))
