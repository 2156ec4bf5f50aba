"""The OpenAPI document: what types and docstrings do not say by themselves."""

from drf_spectacular.openapi import AutoSchema

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
DESCRIPTIONS = {
    "400": "Invalid",
    "401": "Not signed in",
    "403": "This role never may",
    "404": "Absent, or out of reach",
    "405": "No such method here",
    "409": "Not in this state",
    "412": "Stale If-Match",
    "413": "Too large",
    "415": "Unsupported media type",
    "416": "No such part of the file",
    "429": "Too many requests; see Retry-After",
    "503": "Try again; see Retry-After",
    "507": "No room left for a file",
}
ANY = ["400", "404", "405", "429", "503"]
WITH_BODY = ["409", "412", "413", "415", "507"]
WITH_ACCOUNT = ["401", "403"]


class Schema(AutoSchema):
    """One tag per resource: the first segment behind the prefix. A view says with `answer_class`
    what it answers when that is not what it takes."""

    def get_tags(self):
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_response_serializers(self):
        return getattr(self.view, "answer_class", None) or super().get_response_serializers()


def document_problems(result, generator, request, public):
    """Add the problems that each operation may answer."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for path in result["paths"].values():
        for method, operation in path.items():
            statuses = [*ANY, *WITH_ACCOUNT]
            if method != "get":
                statuses += WITH_BODY
            for status in statuses:
                operation["responses"].setdefault(status, _answer(status))
    return result


def _answer(status: str) -> dict:
    reference = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": DESCRIPTIONS[status],
        "content": {"application/problem+json": {"schema": reference}},
    }
