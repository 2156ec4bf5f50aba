"""How the admin asks for a long text with its formatting, for an image, for one of many rows."""

import json
import re

from django.conf import settings
from django.contrib.admin.widgets import AutocompleteSelect
from django.forms import Media
from unfold.widgets import UnfoldAdminImageFieldWidget, UnfoldAdminTextareaWidget

from ecms import html


class RichTextWidget(UnfoldAdminTextareaWidget):
    """A text whose HTML `ecms.html` allows. Without its script: the HTML itself, in a text area.

    The script writes to the text area only what somebody changed: a text that was merely opened
    is saved as it was.
    """

    template_name = "ecms/admin/widgets/editor.html"

    @property
    def media(self):
        return Media(
            css={"all": ["ecms/admin/editor.css"]},
            js=["ecms/admin/editor_html.js", "ecms/admin/editor.js"],
        )

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        rules = {
            "tags": sorted(html.TAGS),
            "dropped": sorted(html.DROPPED),
            "attributes": {tag: sorted(names) for tag, names in html.ATTRIBUTES.items()},
        }
        context["widget"]["rules"] = json.dumps(rules)
        return context


class ImageWidget(UnfoldAdminImageFieldWidget):
    """An image: the present one, and the one that was chosen before it is sent."""

    template_name = "ecms/admin/widgets/image.html"

    @property
    def media(self):
        return Media(css={"all": ["ecms/admin/image.css"]}, js=["ecms/admin/image.js"])

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"] |= {
            "at_most": settings.IMAGE_MAX_BYTES,
            "size": f"{settings.IMAGE_MAX_BYTES / 2**20:.3g}",
        }
        given = context["widget"]["attrs"]
        given["accept"] = "image/jpeg,image/png,image/webp"
        said = [given.get("aria-describedby"), f"{given['id']}-limites", f"{given['id']}-refus"]
        given["aria-describedby"] = " ".join(filter(None, said))
        return context


class RowPicker(AutocompleteSelect):
    """One of many rows, found by typing. Whatever was sent as its id, the form is shown again."""

    def optgroups(self, name, value, attr=None):
        ids = [each for each in value if re.fullmatch("[0-9]{1,18}", str(each), re.ASCII)]
        return super().optgroups(name, ids, attr)
