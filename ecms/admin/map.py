"""Places on a map: pointed in a form, shown on a page.

Leaflet and the outlines of Cameroon come from our own origin. Tiles are asked of a server only
where the operator names one (`MAP_TILES_URL`).
"""

from decimal import Decimal

from django.conf import settings
from django.contrib import admin
from django.forms import Media
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget

_LEAFLET = "ecms/vendor/leaflet-1.9.4/leaflet"
MEDIA = Media(
    css={"all": [f"{_LEAFLET}.css", "ecms/admin/map.css"]},
    js=[f"{_LEAFLET}.js", "ecms/admin/map.js"],
)
OUTLINES = "ecms/vendor/natural-earth/cameroun.geojson"
PLACE = ("latitude", "longitude")


class PlaceWidget(UnfoldAdminDecimalFieldWidget):
    """The latitude of a place; the script puts a map above it, that writes the longitude too.

    `center` is where the map begins as long as there is no place.
    """

    template_name = "ecms/admin/widgets/map.html"

    def __init__(self, attrs=None, center: str = ""):
        super().__init__(attrs)
        self.center = center

    @property
    def media(self):
        return MEDIA

    def get_context(self, name, value, attrs):
        return {**super().get_context(name, value, attrs), **_base(), "center": self.center}


class Placed:
    """Mixed in before `ScopedAdmin`, for rows with a `latitude` and a `longitude`: a map to point
    with. Where the two are only read, `position` stands in their stead."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == PLACE[0]:
            kwargs["widget"] = PlaceWidget()
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        field = form.base_fields.get(PLACE[0])
        if field is not None and isinstance(field.widget, PlaceWidget):
            mairie = getattr(obj, "mairie", None) or request.user.mairie_agent
            field.widget.center = _point(mairie)
        return form

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [(name, {**o, "fields": _read_only(o["fields"])}) for name, o in fieldsets]

    def render_change_form(self, request, context, *args, **kwargs):
        context["media"] = context["media"] + MEDIA
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("position"))
    def position(self, row):
        return carte(row.latitude, row.longitude)


def carte(latitude: Decimal | None, longitude: Decimal | None) -> SafeString | str:
    """A place as a page shows it: in figures, and on a map where the page has `MEDIA`."""
    if latitude is None or longitude is None:
        return "-"
    point = {"latitude": f"{latitude:.6f}", "longitude": f"{longitude:.6f}"}
    return render_to_string("ecms/admin/widgets/map.html", {**_base(), **point})


def _base() -> dict[str, str]:
    return {
        "outlines": static(OUTLINES),
        "tiles": settings.MAP_TILES_URL,
        "attribution": settings.MAP_TILES_ATTRIBUTION,
    }


def _point(row) -> str:
    """Not as the language of the reader writes numbers: a script reads them."""
    if row is None or row.latitude is None:
        return ""
    return f"{row.latitude:.6f},{row.longitude:.6f}"


def _read_only(fields) -> list:
    """`fields` with one entry for the place, whether the two stood alone or in a line."""
    kept = []
    for entry in fields:
        line = [name for name in _line(entry) if name not in PLACE]
        if len(line) < len(_line(entry)) and "position" not in kept:
            kept.append("position")
        if line:
            kept.append(entry if line == list(_line(entry)) else tuple(line))
    return kept


def _line(entry) -> list | tuple:
    return entry if isinstance(entry, list | tuple) else (entry,)
