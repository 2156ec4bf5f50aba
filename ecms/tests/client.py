"""A client of the API over HTTP, for the tests against the served application."""

import json
import urllib.error
import urllib.request
import uuid


class Client:
    """JSON over HTTP, by someone who may be signed in."""

    def __init__(self, root: str):
        self.root = f"{root}/api/v1/"
        self.tokens = {}

    def __call__(self, method: str, path: str, body=None, *, form=None, expect: int):
        headers = {"Accept-Language": "fr"}
        if access := self.tokens.get("access"):
            headers["Authorization"] = f"Bearer {access}"
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        if form is not None:
            data, headers["Content-Type"] = multipart(form)
        request = urllib.request.Request(self.root + path, data, headers, method=method)
        status, answer = send(request)
        assert status == expect, answer
        return json.loads(answer) if answer else None

    def sign_in(self, name: str, password: str, code: str = "") -> None:
        body = {"username": name, "password": password, "code_2fa": code}
        self.tokens = self("POST", "auth/login", body, expect=200)


def send(request, opener=urllib.request) -> tuple[int, str]:
    open_ = getattr(opener, "open", None) or opener.urlopen
    try:
        with open_(request, timeout=20) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def multipart(form: dict) -> tuple[bytes, str]:
    boundary = uuid.uuid4().hex
    parts = []
    for name, value in form.items():
        head = f'Content-Disposition: form-data; name="{name}"'
        if isinstance(value, bytes):
            suffix, type_mime = kind_of(value)
            head += f'; filename="{name}{suffix}"\r\nContent-Type: {type_mime}'
        content = value if isinstance(value, bytes) else value.encode()
        parts.append(f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n")
    return b"".join(
        parts
    ) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def kind_of(content: bytes) -> tuple[str, str]:
    """The suffix and the type of a file of `ecms.tests.files`."""
    is_pdf = content.startswith(b"%PDF")
    return (".pdf", "application/pdf") if is_pdf else (".jpg", "image/jpeg")


def fetch(url: str) -> bytes:
    """What lies at an address, as anybody who was given it gets it."""
    with urllib.request.urlopen(url, timeout=20) as response:
        return response.read()
