"""What Open311 reads and writes: forms in, XML and JSON out, the suffix of the address decides."""

from django.conf import settings
from django.http import QueryDict
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response

from demarches.open311.xml import document
from ecms.api.exceptions import PayloadTooLarge, Refused
from ecms.api.parsers import is_storable

# What our services call otherwise than the standard.
STANDARD = {
    "adresse": "address_string",
    "latitude": "lat",
    "longitude": "long",
    "photos": "media",
    "telephone": "phone",
}


class FormParser(BaseParser):
    """A form of a bounded size, without what PostgreSQL cannot store."""

    media_type = "application/x-www-form-urlencoded"

    def parse(self, stream, media_type=None, parser_context=None):
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise PayloadTooLarge
        found = QueryDict(body, encoding="utf-8")
        for name, values in found.lists():
            if not all(is_storable(text) for text in (name, *values)):
                raise Refused
        return found


class XMLRenderer(BaseRenderer):
    media_type = "text/xml"
    format = "xml"
    charset = "utf-8"

    def render(self, data, accepted_media_type=None, renderer_context=None):
        if data is None:
            return b""
        failed = renderer_context["response"].exception
        return document("errors" if failed else renderer_context["view"].root, data)


class BySuffix(DefaultContentNegotiation):
    """The format that the address ends in, whatever else a client says it accepts; without one,
    what it accepts. Raises `NotAcceptable` for another."""

    def select_renderer(self, request, renderers, format_suffix=None):
        if not format_suffix:
            return super().select_renderer(request, renderers)
        for renderer in renderers:
            if renderer.format == format_suffix:
                return renderer, renderer.media_type
        raise NotAcceptable


def errors(problem: dict, status: int, headers: dict[str, str]) -> Response:
    """The standard's list of errors for a problem of `ecms.api.errors`."""
    sentences = list(_sentences(problem["fields"])) or [problem["detail"]]
    content = [{"code": status, "description": sentence} for sentence in sentences]
    return Response(content, status, headers=headers)


def _sentences(fields, name: str = ""):
    if isinstance(fields, dict):
        for key, value in fields.items():
            field = "" if key == "non_field_errors" else STANDARD.get(key, str(key))
            yield from _sentences(value, name or field)
    elif isinstance(fields, list):
        for value in fields:
            yield from _sentences(value, name)
    else:
        yield f"{name}: {fields}" if name else str(fields)
