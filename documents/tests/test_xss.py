"""Nothing that an agent can write runs in the page of whoever reads it.

Every field that a body may fill with text, of every resource of RESOURCES, is found in the schema
and filled with each payload through the API; then the API and the admin are read.
"""

import functools
import html
import json
from collections import defaultdict

import pytest
from drf_spectacular.generators import SchemaGenerator

from documents.tests.factories import FAQFactory, PageCMSFactory
from ecms.fields import HTMLField
from ecms.tests import walking
from ecms.tests.alive import MARK, alive

PAYLOADS = [
    "<script>alerte(1)</script>",
    "<script src=//x.example/alerte.js></script>",
    "<scr<script>ipt>alerte(1)</scr</script>ipt>",
    "</script><script>alerte(1)</script>",
    "<img src=x onerror=alerte(1)>",
    "<img src=x onerror='alerte(1)'//",
    '"><img src=x onerror=alerte(1)>',
    "'><svg onload=alerte(1)>",
    "<svg/onload=alerte(1)>",
    "<svg><script>alerte(1)</script></svg>",
    "<svg><a xlink:href=javascript:alerte(1)><text>x</text></a></svg>",
    "<math><mi//xlink:href='data:x,<script>alerte(1)</script>'>",
    "<math><mtext><table><mglyph><style><img src onerror=alerte(1)>",
    "<a href=javascript:alerte(1)>ici</a>",
    "<a href='jAvA&#x09;script:alerte(1)'>ici</a>",
    "<a href=' &#14; javascript:alerte(1)'>ici</a>",
    "<a href='data:text/html,<script>alerte(1)</script>'>ici</a>",
    "<a href='vbscript:alerte(1)'>ici</a>",
    "<iframe src=javascript:alerte(1)></iframe>",
    "<iframe srcdoc='<script>alerte(1)</script>'></iframe>",
    "<object data=javascript:alerte(1)></object>",
    "<embed src=javascript:alerte(1)>",
    "<form action=javascript:alerte(1)><button>ok</button></form>",
    "<button formaction=javascript:alerte(1)>ok</button>",
    "<details open ontoggle=alerte(1)>x</details>",
    "<p style='background:url(javascript:alerte(1))'>x</p>",
    "<style>@import 'javascript:alerte(1)';</style>",
    "<noscript><p title='</noscript><img src=x onerror=alerte(1)>'>",
    "<textarea></textarea><script>alerte(1)</script>",
    "<!--><img src=x onerror=alerte(1)>-->",
    "<div x-data x-init='alerte(1)' @click='alerte(1)'>x</div>",
    "{{constructor.constructor('alerte(1)')()}}",
]
# Harmless until something is cut out of it, or put around it.
ASLEEP = ("<scr<script", "<math><mtext", "<noscript", "<!--")
NONE = defaultdict(str)
RESOURCES = ["actualites", "documents-officiels", "faqs", "pages", "projets"]

pytestmark = pytest.mark.django_db


@functools.cache
def schema():
    return SchemaGenerator().get_schema(request=None, public=True)


def present() -> list[str]:
    return [name for name in RESOURCES if f"/api/v1/{name}" in schema()["paths"]]


def text_fields(resource: str) -> list[str]:
    """The fields of a PATCH that take any text."""
    path = schema()["paths"][f"/api/v1/{resource}/{{id}}"]
    reference = path["patch"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    properties = schema()["components"]["schemas"][reference.rpartition("/")[2]]["properties"]
    closed = {"enum", "format", "pattern", "readOnly", "$ref", "allOf", "oneOf"}
    texts = {n for n, p in properties.items() if p.get("type") == "string" and not closed & set(p)}
    # The mairie of a body is not read.
    return sorted(texts - {"mairie"})


def model_of(resource: str):
    (view,) = {r.view for r in walking.routes() if r.url(NONE) == f"/api/v1/{resource}"}
    return view.queryset.model


def write(client, url: str, fields: list[str], payload: str) -> dict[str, str]:
    """Send the payload in every field; what was sent in those that may have such a text."""
    sent = {name: f"Avis {payload}" for name in fields}
    answer = client.patch(url, sent)
    if answer.status_code == 400:
        sent = {n: text for n, text in sent.items() if n not in answer.json()["fields"]}
        answer = client.patch(url, sent)
    assert answer.status_code == 200, answer.json()
    return sent


@pytest.fixture(params=present())
def written(request, api, awa, yaounde):
    """One row per payload of a resource: (resource, [(row, what was sent)])."""
    resource, client = request.param, api(awa)
    (make,) = walking.factories_of(model_of(resource))
    rows = make.create_batch(len(PAYLOADS), mairie=yaounde)
    fields = text_fields(resource)
    pairs = zip(rows, PAYLOADS, strict=True)
    url = f"/api/v1/{resource}"
    return resource, [(row, write(client, f"{url}/{row.pk}", fields, p)) for row, p in pairs]


def rich(model) -> set[str]:
    return {f.name for f in model._meta.fields if isinstance(f, HTMLField)}


def test_the_resources_are_found():
    assert {"actualites", "faqs", "pages"} <= set(present())
    assert len(PAYLOADS) >= 30
    assert set(text_fields("pages")) == {"titre", "contenu", "meta_titre", "meta_description"}
    assert set(text_fields("faqs")) == {"question", "reponse", "categorie"}
    assert {"titre", "resume", "contenu"} <= set(text_fields("actualites"))


@pytest.mark.parametrize("payload", [p for p in PAYLOADS if "<" in p])
def test_the_eye_sees(payload):
    """What the other tests look with, looks."""
    assert MARK in payload
    assert alive(f"{payload} >") or payload.startswith(ASLEEP)


def test_text_is_not_alive():
    assert alive(f"<p title='x {MARK}(1)'>{MARK}(1) &lt;script&gt;{MARK}(1)</p>") == []


def test_the_api_keeps_text_as_text_and_html_without_life(api, awa, written):
    resource, rows = written
    for row, sent in rows:
        answer = api(awa).get(f"/api/v1/{resource}/{row.pk}")
        assert answer["Content-Type"] == "application/json"
        assert answer["X-Content-Type-Options"] == "nosniff"
        body = answer.json()
        for name, text in sent.items():
            if name in rich(type(row)):
                assert alive(body[name]) == [], (name, text)
            else:
                assert body[name] == text
    assert all(sent for _row, sent in rows)


def test_the_admin_shows_none_of_it_alive(client, awa, written):
    _resource, rows = written
    client.force_login(awa)
    options = type(rows[0][0])._meta
    home = f"/admin/{options.app_label}/{options.model_name}/"
    listed = client.get(home).content.decode()
    assert html.escape("Avis <") in listed
    assert alive(listed) == []
    for row, sent in rows:
        for url in (f"{home}{row.pk}/change/", f"{home}{row.pk}/delete/"):
            answer = client.get(url)
            assert answer.status_code == 200
            assert alive(answer.content.decode()) == [], (url, sent)


def test_nor_where_rows_are_picked_searched_or_told_of(client, awa, yaounde, api):
    """The picker of pages, the search of the list, the message after a change, the history."""
    for payload in PAYLOADS:
        page = PageCMSFactory(mairie=yaounde, titre=payload)
        PageCMSFactory(mairie=yaounde, parent=page)
    client.force_login(awa)
    home = "/admin/documents/pagecms/"
    form = {"titre": PAYLOADS[0], "contenu": "<p>x</p>", "statut": "brouillon", "ordre": "0"}
    pages = [
        client.get(f"{home}add/"),
        client.get(home, {"q": PAYLOADS[6]}),
        client.post(f"{home}{page.pk}/change/", form, follow=True),
        client.post(f"{home}{page.pk}/change/", {**form, "titre": PAYLOADS[6] * 20}),
        client.get(f"{home}{page.pk}/history/"),
        client.get("/admin/"),
    ]
    for answer in pages:
        assert answer.status_code == 200
        assert alive(answer.content.decode()) == [], answer.request["PATH_INFO"]


def test_the_menu_and_the_categories_say_it_as_text(api, yaounde):
    for payload in PAYLOADS:
        PageCMSFactory(mairie=yaounde, titre=payload, publiee=True)
        FAQFactory(mairie=yaounde, categorie=payload[:80])
    menu = api().get("/api/v1/pages/menu?mairie=yaounde")
    assert {entry["titre"] for entry in menu.json()["pages"]} == set(PAYLOADS)
    told = api().get("/api/v1/faqs/categories?mairie=yaounde")
    assert {row["categorie"] for row in told.json()["results"]} == set(PAYLOADS)
    for answer in (menu, told):
        assert answer["Content-Type"] == "application/json"


def test_a_refusal_does_not_bring_it_to_life(api, awa, yaounde):
    for payload in PAYLOADS:
        body = {"titre": payload, "statut": payload, "parent": payload, "contenu": ""}
        answer = api(awa).post("/api/v1/pages", body)
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"
        assert json.loads(answer.content)["status"] == 400
