"""The XML of Open311: the same content as its JSON, where each item of a list has a name."""

from xml.etree import ElementTree

from ecms.flux.atom import UNWRITABLE

ITEM = {
    "attributes": "attribute",
    "endpoints": "endpoint",
    "errors": "error",
    "formats": "format",
    "service_requests": "request",
    "services": "service",
}


def document(root: str, content) -> bytes:
    """`content` (dicts, lists and plain values) as a document called `root`."""
    return ElementTree.tostring(_element(root, content), encoding="utf-8", xml_declaration=True)


def _element(name: str, content) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(content, dict):
        element.extend(_element(key, value) for key, value in content.items())
    elif isinstance(content, list):
        element.extend(_element(ITEM[name], value) for value in content)
    elif content is not None:
        element.text = _text(content)
    return element


def _text(value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return UNWRITABLE.sub("", str(value))
