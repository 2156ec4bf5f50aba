"""Talking Open311 in the tests: addresses, and answers read in both formats."""

from xml.etree import ElementTree

from rest_framework.test import APIClient

BASE = "/open311/v2"
LISTS = {"services", "service_requests", "errors", "attributes", "endpoints", "formats"}


def ask(path: str, query=None, **headers):
    return APIClient().get(f"{BASE}/{path}", query or {}, headers=headers)


def numbers(query=None, path: str = "requests.json") -> list[str]:
    answer = ask(path, query)
    assert answer.status_code == 200, answer.content
    return [row["service_request_id"] for row in answer.json()]


def send(body: dict, path: str = "requests.json", **kwargs):
    """POST as the standard says: a form."""
    form = "&".join(f"{quoted(name)}={quoted(value)}" for name, value in body.items())
    return APIClient().post(
        f"{BASE}/{path}", form, content_type="application/x-www-form-urlencoded", **kwargs
    )


def quoted(text) -> str:
    return "".join(f"%{byte:02X}" for byte in str(text).encode())


def tree(content: bytes):
    """An XML document as its JSON would be, every value a text."""
    root = ElementTree.fromstring(content)
    return root.tag, _read(root)


def _read(element):
    if element.tag in LISTS:
        return [_read(child) for child in element]
    if len(element):
        return {child.tag: _read(child) for child in element}
    return element.text


def said(answer, status: int) -> str:
    """The errors of an answer, after checking their form in the format that was asked."""
    assert answer.status_code == status, (answer.status_code, answer.content)
    assert answer.headers["Cache-Control"] == "private, no-store"
    if answer.headers["Content-Type"].startswith("application/json"):
        errors = answer.json()
    else:
        assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
        root, errors = tree(answer.content)
        assert root == "errors"
    assert errors
    for error in errors:
        assert set(error) == {"code", "description"}
        assert str(error["code"]) == str(status)
        assert error["description"]
    return " ".join(error["description"] for error in errors)
