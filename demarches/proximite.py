"""Problem reports near a point, without PostGIS: a box that the index answers, then distances."""

import math
from decimal import Decimal

from django.db.models import F, FloatField, QuerySet
from django.db.models.functions import ASin, Cast, Cos, Least, Power, Radians, Sin, Sqrt

from demarches.models import Signalement
from demarches.workflow import StatutSignalement

# The mean radius of the Earth in metres (IUGG).
RAYON_TERRE = 6_371_008.8
METRES = 250
# South, north, west and east of Cameroon, in degrees, with some margin.
CAMEROUN = (Decimal("1.6"), Decimal("13.1"), Decimal("8.4"), Decimal("16.2"))


def au_cameroun(latitude: Decimal, longitude: Decimal) -> bool:
    sud, nord, ouest, est = CAMEROUN
    return sud <= latitude <= nord and ouest <= longitude <= est


def proches(
    latitude: Decimal, longitude: Decimal, *, categorie=None, mairie=None, metres: int = METRES
) -> QuerySet[Signalement]:
    """The open public reports within `metres` of a point, nearest first, each with `distance_m`."""
    asked = {"categorie": categorie, "mairie": mairie}
    rows = Signalement.objects.visible_to_public().filter(
        statut__in=StatutSignalement.ouverts(),
        **boite(latitude, longitude, metres),
        **{name: value for name, value in asked.items() if value},
    )
    near = rows.annotate(distance_m=distance(latitude, longitude))
    return near.filter(distance_m__lte=metres).order_by("distance_m", "pk")


def boite(latitude: Decimal, longitude: Decimal, metres: int) -> dict[str, tuple]:
    """The lookups of the smallest box of degrees that holds the circle.

    A degree of longitude is shorter by the cosine of the latitude, taken at the box's far edge.
    """
    nord_sud = math.degrees(metres / RAYON_TERRE)
    far = min(abs(float(latitude)) + nord_sud, 89.0)
    est_ouest = nord_sud / math.cos(math.radians(far))
    return {
        "latitude__range": _range(latitude, nord_sud),
        "longitude__range": _range(longitude, est_ouest),
    }


def distance(latitude: Decimal, longitude: Decimal):
    """Metres from a point to a row, along a great circle (haversine), in SQL."""
    north, east = math.radians(latitude), math.radians(longitude)
    row_north, row_east = (Radians(Cast(F(n), FloatField())) for n in ("latitude", "longitude"))
    chord = Power(Sin((row_north - north) / 2.0), 2.0) + math.cos(north) * Cos(row_north) * Power(
        Sin((row_east - east) / 2.0), 2.0
    )
    # Rounding may put the sine of antipodes above 1.
    return 2 * RAYON_TERRE * ASin(Least(Sqrt(chord), 1.0), output_field=FloatField())


def _range(centre: Decimal, half: float) -> tuple[Decimal, Decimal]:
    # Decimal, as the columns are: compared with floats they would be cast, and not indexed.
    step = Decimal(half).quantize(Decimal("0.000001")) + Decimal("0.000001")
    return centre - step, centre + step
