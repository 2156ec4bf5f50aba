"""Rich texts and images, wherever the admin asks for them."""

import json
from html.parser import HTMLParser

import pytest
from django import forms
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from documents.models import Actualite
from documents.tests.factories import ActualiteFactory, DocumentOfficielFactory
from ecms import html
from ecms.admin.widgets import ImageWidget, RichTextWidget
from ecms.fields import HTMLField, PublicImageField
from ecms.tests.files import photo, upload

ADD = "/admin/documents/actualite/add/"
EVERYTHING = (
    "<h2>Titre</h2><h3>Sous-titre</h3><p>Un <strong>mot</strong> &amp; "
    '<a href="https://mairie.cm" rel="noopener noreferrer nofollow">un lien</a></p>'
    "<ul><li>a</li></ul><blockquote><p>cité</p></blockquote>"
    "<table><tbody><tr><td>1</td></tr></tbody></table>"
)


class Tags(HTMLParser):
    """The attributes of each element `tag` of a page."""

    def __init__(self, page: str, tag: str):
        super().__init__()
        self.tag, self.found = tag, []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == self.tag:
            self.found.append(dict(attrs))


def tags(page, tag: str) -> list[dict]:
    return Tags(page.content.decode(), tag).found


@pytest.fixture
def desk(client, awa):
    client.force_login(awa)
    return client


@pytest.mark.parametrize(
    ("kind", "widget"), [(HTMLField, RichTextWidget), (PublicImageField, ImageWidget)]
)
def test_every_form_of_the_admin_asks_alike(kind, widget, nadege):
    request = RequestFactory().get("/admin/")
    request.user = nadege
    found = [
        model_admin.formfield_for_dbfield(field, request)
        for model, model_admin in admin.site._registry.items()
        for field in model._meta.fields
        if isinstance(field, kind)
    ]
    assert len(found) > 3
    assert all(isinstance(field.widget, widget) for field in found)


def test_a_text_is_saved_as_it_was_however_often(desk, yaounde):
    news = ActualiteFactory(mairie=yaounde, contenu=EVERYTHING)
    url = reverse("admin:documents_actualite_change", args=[news.pk])
    for _time in range(2):
        form = desk.get(url).context["adminform"].form
        sent = {
            "titre": form["titre"].value(),
            "contenu": form["contenu"].value(),
            "categorie": "nouvelle",
            **dict.fromkeys(
                [f"date_{name}_{n}" for name in ("publication", "expiration") for n in "01"], ""
            ),
        }
        assert desk.post(url, sent).status_code == 302
    assert Actualite.objects.get().contenu == EVERYTHING


def test_a_first_line_break_is_kept():
    """Browsers drop the line break that a text area begins with."""
    page = RichTextWidget().render("contenu", "\nun", {"id": "id_contenu"})
    assert ">\n\nun</textarea>" in page
    assert ">\n</textarea>" in RichTextWidget().render("contenu", None, {"id": "id_contenu"})


def test_without_its_script_it_is_a_text_area_with_its_label(desk):
    page = desk.get(ADD)
    assert [each["name"] for each in tags(page, "textarea")] == ["contenu"]
    assert "id_contenu" in {each.get("for") for each in tags(page, "label")}
    (bar,) = [each for each in tags(page, "div") if each.get("role") == "toolbar"]
    assert "hidden" in bar


@pytest.mark.parametrize(("language", "bold"), [("fr", "Gras"), ("en", "Bold")])
def test_the_bar_is_in_the_language_of_the_reader(desk, language, bold):
    page = desk.get(ADD, headers={"accept-language": language})
    said = {each.get("aria-label") for each in tags(page, "button")}
    assert bold in said


def test_the_script_is_told_what_the_server_allows(desk):
    (rules,) = [
        json.loads(each["data-rules"])
        for each in tags(desk.get(ADD), "div")
        if "data-rules" in each
    ]
    assert set(rules["tags"]) == html.TAGS
    assert rules["attributes"]["a"] == ["href", "title"]


def test_what_was_typed_is_shown_as_text(desk):
    hostile = '</textarea><script>alert(1)</script><img src=x onerror="alert(1)">'
    answer = desk.post(ADD, {"titre": "", "contenu": hostile})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()
    assert "&lt;script&gt;alert(1)" in answer.content.decode()


def test_nothing_runs_that_is_not_a_file_of_ours(desk):
    page = desk.get(ADD)
    ours = {each["src"].split("?")[0] for each in tags(page, "script") if "src" in each}
    for name in ("editor_html.js", "editor.js", "image.js"):
        assert any(address.endswith(f"/ecms/admin/{name}") for address in ours)
    assert not any("trix" in address for address in ours)


def test_the_present_image_is_shown_and_may_be_taken_away(desk, yaounde):
    news = ActualiteFactory(mairie=yaounde, image=upload(photo(), "a.jpg"))
    page = desk.get(reverse("admin:documents_actualite_change", args=[news.pk]))
    shown = [each for each in tags(page, "img") if each.get("src") == news.image.small_url]
    assert [each["alt"] for each in shown] == ["Image actuelle"]
    inputs = {each.get("name"): each for each in tags(page, "input")}
    assert inputs["image-clear"]["type"] == "checkbox"
    assert inputs["image"]["accept"] == "image/jpeg,image/png,image/webp"


def test_the_limit_of_an_image_is_said_before_it_is_chosen(desk, settings):
    settings.IMAGE_MAX_BYTES = 3 * 2**20
    page = desk.get(ADD)
    assert "JPEG, PNG ou WebP, 3 Mo au plus." in page.content.decode()
    (image,) = [each for each in tags(page, "div") if "data-at-most" in each]
    assert image["data-at-most"] == str(3 * 2**20)
    (field,) = [each for each in tags(page, "input") if each.get("name") == "image"]
    described = set(field["aria-describedby"].split())
    page_ids = {each.get("id") for each in tags(page, "p")}
    assert described <= page_ids


def test_an_image_says_what_else_its_field_says():
    class Form(forms.Form):
        image = forms.ImageField(help_text="Carrée.", widget=ImageWidget)

    with translation.override("fr"):
        described = Tags(str(Form()["image"]), "input").found[0]["aria-describedby"]
    assert described == "id_image_helptext id_image-limites id_image-refus"


@pytest.mark.parametrize("wrong", ["x", "9" * 40, "-1", "\x00", "１"])
def test_a_picker_that_was_tampered_with_is_a_form_error(desk, yaounde, wrong):
    row = DocumentOfficielFactory(mairie=yaounde)
    answer = desk.post(
        f"/admin/documents/documentofficiel/{row.pk}/etape/remplacer/", {"remplacant": wrong}
    )
    assert answer.context["form"].errors["remplacant"]
