"""The JSON that goes out."""

import orjson
from rest_framework.renderers import JSONRenderer as SlowJSONRenderer
from rest_framework.utils import encoders

_encoder = encoders.JSONEncoder()


def dumps(data) -> bytes:
    """`data` as JSON in UTF-8, as DRF's renderer words it; many times faster."""
    try:
        return orjson.dumps(data, _encoder.default, orjson.OPT_PASSTHROUGH_DATETIME)
    except TypeError:
        # Such as a whole number of more than 64 bits, in an answer to a form.
        return SlowJSONRenderer().render(data)


class JSONRenderer(SlowJSONRenderer):
    def render(self, data, accepted_media_type=None, renderer_context=None):
        if data is None:
            return b""
        if self.get_indent(accepted_media_type or "", renderer_context or {}):
            return super().render(data, accepted_media_type, renderer_context)
        return dumps(data)
