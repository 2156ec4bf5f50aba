"""Bodies, read with suspicion: whatever a client sends is data or a 400, never a fault of ours."""

import json
import math

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser

from ecms.api.exceptions import PayloadTooLarge, Refused

MAX_DEPTH = 50


class StrictJSONParser(BaseParser):
    """JSON (RFC 8259) of a bounded size and depth, without what PostgreSQL cannot store."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise PayloadTooLarge
        return read_json(body)


class BoundedMultiPartParser(MultiPartParser):
    """multipart/form-data, where a body carries a file."""

    def parse(self, stream, media_type=None, parser_context=None):
        length = parser_context["request"].META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.MAX_UPLOAD_BYTES:
            raise PayloadTooLarge
        found = super().parse(stream, media_type, parser_context)
        if not isinstance(found, DataAndFiles):
            return found
        for name, values in found.data.lists():
            _check_storable([name, *values])
        return found


def read_json(body: bytes | str):
    """The value of a JSON text. Raises `Refused` for what is no JSON or cannot be stored."""
    try:
        text = body.decode("utf-8-sig") if isinstance(body, bytes) else body
        value = json.loads(text, parse_float=_finite, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Refused(_("Le JSON n'est pas valable."), "json_invalide") from None
    _check_storable(value)
    return value


def is_storable(text: str) -> bool:
    """False for NUL and for half characters (lone surrogates): PostgreSQL takes neither."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


def _finite(literal: str) -> float:
    if math.isinf(value := float(literal)):
        raise ValueError(literal)
    return value


def _refuse(literal: str):
    raise ValueError(literal)


def _check_storable(value) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise Refused(_("Le JSON est imbriqué trop profondément."), "json_trop_profond")
        inner = []
        for item in level:
            if isinstance(item, str) and not is_storable(item):
                raise Refused(_("Le texte contient un caractère interdit."), "texte_invalide")
            if isinstance(item, dict):
                inner += [*item.keys(), *item.values()]
            elif isinstance(item, list):
                inner += item
        level = inner
