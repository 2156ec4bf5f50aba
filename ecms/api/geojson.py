"""Maps: GeoJSON (RFC 7946) of rows that have a `latitude` and a `longitude`."""

from datetime import datetime

from rest_framework.fields import DateTimeField
from rest_framework.renderers import JSONRenderer

MOMENT = DateTimeField()


class GeoJSONRenderer(JSONRenderer):
    """The same JSON, called by its own name for the programs that ask for it."""

    media_type = "application/geo+json"
    format = "geojson"


def feature(row, properties: dict) -> dict:
    """`row` on the map; longitude comes first, and degrees are numbers (RFC 7946, 3.1.1)."""
    return {
        "type": "Feature",
        "id": row.pk,
        "geometry": {
            "type": "Point",
            "coordinates": [float(row.longitude), float(row.latitude)],
        },
        "properties": {name: _told(value) for name, value in properties.items()},
    }


def _told(value):
    """A moment in the time of Douala, as serializers tell it: the renderer alone would say UTC."""
    return MOMENT.to_representation(value) if isinstance(value, datetime) else value


def feature_collection(features: list[dict]) -> dict:
    return {"type": "FeatureCollection", "features": features}


def collection_schema(name: str, properties: dict) -> dict:
    """What OpenAPI says of such an answer; `properties` are those of a feature."""
    point = {
        "type": "object",
        "required": ["type", "coordinates"],
        "properties": {
            "type": {"type": "string", "enum": ["Point"]},
            "coordinates": {
                "type": "array",
                "description": "Longitude, latitude.",
                "items": {"type": "number"},
                "minItems": 2,
                "maxItems": 2,
            },
        },
    }
    one = {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "integer"},
            "geometry": point,
            "properties": {"type": "object", "properties": properties},
        },
    }
    return {
        "type": "object",
        "title": name,
        "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": one},
        },
    }
