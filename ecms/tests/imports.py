"""Sending files of rows to the admin, as a browser does."""

import io
import mimetypes
import re
from html import unescape

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

DIGEST = re.compile(r'name="empreinte" value="([0-9a-f]{64})"')


def workbook(*rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


class Desk:
    """Somebody at the list of a model."""

    def __init__(self, user, model, language="fr"):
        self.client = Client(headers={"accept-language": language})
        self.client.force_login(user, backend="users.backends.Backend")
        self.name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        self.address = reverse(f"{self.name}_import")

    def send(self, content, name="liste.csv", **others):
        """The page of the examination, or that of the form again when the file is refused."""
        content = content.encode() if isinstance(content, str) else content
        file = SimpleUploadedFile(name, content, mimetypes.guess_type(name)[0] or "text/csv")
        answer = self.client.post(self.address, {"fichier": file, **others}, follow=True)
        self.page = answer.redirect_chain[-1][0] if answer.redirect_chain else ""
        return answer

    def confirm(self, shown, page=""):
        digest = DIGEST.search(shown.content.decode())[1]
        return self.client.post(page or self.page, {"empreinte": digest})

    def bring(self, content, name="liste.csv", **others):
        """Send and confirm."""
        return self.confirm(self.send(content, name, **others))


def lines_of(answer) -> list:
    """What was judged: (line, effect, errors or changes or note)."""
    found = answer.context["examination"].lines
    return [(x.number, x.effect, x.errors or x.changes or x.note) for x in found]


def said(answer) -> str:
    return unescape(answer.content.decode())
