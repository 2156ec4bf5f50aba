"""The OpenAPI document: what types and docstrings do not say by themselves.

`script/schema` writes it to docs/openapi.yaml; script/test-contract asks the application whether it
is true.
"""

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import force_instance
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.fields import empty
from rest_framework.permissions import SAFE_METHODS

from ecms.api.serializers import SmallImageField
from ecms.api.viewsets import ConditionalReads

PROBLEM = {
    "type": "object",
    "description": "application/problem+json (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code", "fields", "request_id"],
    "properties": {
        "type": {"type": "string", "example": "about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for the person."},
        "code": {"type": "string", "description": "Stable, for the program."},
        "fields": {
            "type": "object",
            "additionalProperties": {},
            "description": "Field to its messages.",
        },
        "request_id": {"type": "string"},
    },
}
# What each status means, and the headers that come with it beside those of every answer.
PROBLEMS = {
    "400": ("Invalid", []),
    "401": ("Not signed in", ["WWW-Authenticate"]),
    "403": ("This role never may", []),
    "404": ("Absent, or out of reach", []),
    "405": ("No such method here", ["Allow"]),
    "406": ("None of the types in Accept is made here", []),
    "409": ("Not in this state", []),
    "412": ("Stale If-Match", []),
    "413": ("Too large", []),
    "415": ("Unsupported media type", []),
    "416": ("No such part of the file", ["Content-Range"]),
    "429": ("Too many requests", ["Retry-After"]),
    "503": ("Try again", ["Retry-After"]),
    "507": ("No room left for a file", []),
}
HEADERS = {
    "Allow": "The methods of this address.",
    "Content-Range": "How long the file is.",
    "ETag": "For `If-None-Match` when reading, for `If-Match` when an agent writes.",
    "Location": "The address of what was made.",
    "Retry-After": "Seconds.",
    "WWW-Authenticate": "Always `Bearer`.",
    "X-Request-ID": "Names the request in our logs; that of the problem, too.",
}
ADDRESSES = {"email", "uri"}
ANY = ["400", "404", "405", "406", "429", "503"]
WITH_BODY = ["409", "412", "413", "415", "507"]
WITH_ACCOUNT = ["401", "403"]

# What `ecms.uploads.deliver` answers.
file_schema = extend_schema(
    parameters=[OpenApiParameter("Range", location="header", description="bytes=0-1023")],
    responses={(status, "*/*"): OpenApiTypes.BINARY for status in (200, 206)},
)


class Schema(AutoSchema):
    """One tag per resource: the first segment behind the prefix. A view says with `answer_class`
    what it answers when that is not what it takes."""

    def get_tags(self):
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_response_serializers(self):
        return getattr(self.view, "answer_class", None) or super().get_response_serializers()

    def _map_basic_serializer(self, serializer, direction):
        schema = super()._map_basic_serializer(serializer, direction)
        told = force_instance(serializer)
        _shape(schema["properties"], told)
        if direction == "response":
            _loosen(schema, told)
        return schema

    def get_operation(self, *args):
        """The operation with what its kind of view may answer besides what it says itself."""
        operation = super().get_operation(*args)
        if operation is None:
            return None
        reads = self.method in SAFE_METHODS
        answers = operation["responses"]
        is_file = "206" in answers
        tagged = is_file or (reads and isinstance(self.view, ConditionalReads))
        for answer in answers.values():
            answer["headers"] = _headers(["X-Request-ID", *(["ETag"] if tagged else [])])
        if tagged:
            answers["304"] = _reference("responses", "NotModified")
        own = [status for status in answers if int(status) >= 400]
        problems = [*own, *ANY, *WITH_ACCOUNT, *([] if reads else WITH_BODY)]
        if is_file:
            # One may still be in the making.
            problems += ["409", "416"]
        for status in problems:
            answers[status] = _reference("responses", f"Problem{status}")
        operation["responses"] = dict(sorted(answers.items()))
        return operation


def document_problems(result, generator, request, public):
    """Add what the answers of all operations refer to."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["headers"] = {
        name: {"description": said, "schema": {"type": "string"}} for name, said in HEADERS.items()
    }
    components["responses"] = {
        f"Problem{status}": {
            "description": said,
            "headers": _headers(["X-Request-ID", *headers]),
            "content": {"application/problem+json": {"schema": _reference("schemas", "Problem")}},
        }
        for status, (said, headers) in PROBLEMS.items()
    } | {
        "NotModified": {
            "description": "What `If-None-Match` names is still right",
            "headers": _headers(["X-Request-ID", "ETag"]),
        }
    }
    return result


def _shape(properties: dict, serializer) -> None:
    """What a serializer says of its JSON, in `shapes`."""
    for name, shape in getattr(serializer, "shapes", {}).items():
        if name in properties:
            properties[name] = {**properties[name], **shape}


def _loosen(schema: dict, serializer) -> None:
    """What an answer may leave out or leave empty, where a body may not.

    A serializer names in `reserved` what the staff of the mairie alone is told, in `told_to_some`
    what only some are for another reason, in `emptied` what is null for the others.
    """
    columns, properties = _columns(serializer), schema["properties"]
    reserved = frozenset(getattr(serializer, "reserved", ()))
    untold = reserved | {f"{name}_display" for name in reserved}
    untold |= frozenset(getattr(serializer, "told_to_some", ()))
    emptied = set(getattr(serializer, "emptied", ()))
    for name in properties.keys() & serializer.fields.keys():
        field = serializer.fields[name]
        column = columns.get((field.source or name).split(".")[0])
        if getattr(column, "null", False) and "." in field.source and field.default is empty:
            untold |= {name}
        elif field.default is None or _may_be_null(field, column):
            emptied.add(name)
        # An empty text is no address of any kind.
        if getattr(column, "blank", False) and properties[name].get("format") in ADDRESSES:
            del properties[name]["format"]
    for name in emptied & properties.keys():
        properties[name] = _nullable(properties[name])
    always = [name for name in schema.pop("required", []) if name not in untold]
    if always:
        schema["required"] = always


def _columns(serializer) -> dict:
    model = getattr(getattr(serializer, "Meta", None), "model", None)
    return {column.name: column for column in model._meta.fields} if model else {}


def _may_be_null(field, column) -> bool:
    if isinstance(field, SmallImageField):
        return column is None or column.blank
    return getattr(column, "null", False) and field.source == column.name


def _nullable(schema: dict) -> dict:
    """A reference stands alone (OpenAPI 3.0): what is said besides goes around it."""
    if any("Null" in each.get("$ref", "") for each in schema.get("oneOf", ())):
        return schema
    said = {"allOf": [schema]} if "$ref" in schema else schema
    return {**said, "nullable": True}


def _headers(names: list[str]) -> dict:
    return {name: _reference("headers", name) for name in names}


def _reference(kind: str, name: str) -> dict:
    return {"$ref": f"#/components/{kind}/{name}"}
