"""Whatever is sent to whichever operation of the schema, it is data or a refusal: never a fault."""

import functools
import json
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from demarches.tests.factories import (
    DemarcheAdministrativeFactory,
    FormulaireFactory,
    PieceJointeFactory,
    RendezVousFactory,
    SignalementFactory,
)
from documents.models import Actualite
from documents.tests.factories import (
    ActualiteFactory,
    DocumentOfficielFactory,
    FAQFactory,
    PageCMSFactory,
)
from ecms.tests import walking
from evenements.tests.factories import (
    AbonneNewsletterFactory,
    EvenementFactory,
    InscriptionEvenementFactory,
    NewsletterFactory,
)
from mairies.tests.factories import ServiceMunicipalFactory
from projets.tests.factories import DocumentProjetFactory, ProjetFactory

METHODS = {"get", "post", "put", "patch", "delete"}
NUL, SURROGATE = "a\\u0000b", "\\ud800"
# Bodies that are no JSON, or that nothing of ours may take.
BODIES = {
    "deep list": b"[" * 100_000 + b"]" * 100_000,
    "deep object": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "half deep": b'{"password":' + b"[" * 60 + b"]" * 60 + b"}",
    "NaN": b'{"password": NaN, "username": "a"}',
    "infinite": b'{"duree_rdv": 1e400, "population": -1e999}',
    "long integer": b'{"duree_rdv": ' + b"9" * 5000 + b"}",
    "large integer": b'{"duree_rdv": 99999999999999999999, "service": 99999999999999999999}',
    "list": b"[]",
    "list of objects": b'[{"username": "a"}]',
    "string": b'"a"',
    "number": b"1",
    "null": b"null",
    "empty": b"",
    "empty object": b"{}",
    "invalid UTF-8": b'{"username": "\xff\xfe"}',
    "UTF-16": '{"username": "a"}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"username": "a"}',
    "duplicate keys": b'{"username": "a", "username": ["b"], "nom": 1, "nom": {}}',
    "trailing": b'{"username": "a"} x',
    "NUL in a key": b'{"a\\u0000": 1}',
    "surrogate in a key": b'{"\\ud800": 1}',
    "raw NUL": b'{"username": "\x00"}',
}
PARSED = {
    "large integer", "list", "list of objects", "string", "number", "null", "empty",
    "empty object", "duplicate keys",
}  # fmt: skip
# Values that every field of a body is given in its turn.
VALUES = [
    f'"{NUL}"',
    f'"{SURROGATE}"',
    '"\\ud83d\\ude00"',
    '"' + "a" * 20_000 + '"',
    "true",
    "null",
    "-1",
    "9223372036854775808",
    "1e300",
    "[]",
    "{}",
    f'["{NUL}"]',
    f'{{"lundi": "{SURROGATE}", "{NUL}": [[]]}}',
    '{"lundi": [["08:00"], 1, null]}',
]
QUERIES = [
    "search=" + "a" * 10_000,
    "search=" + quote("%_\\'\";--"),
    "search=%ED%A0%80&search=%FF",
    "q=" + "a" * 10_000,
    "q=" + quote("' | !(a:*) <-> \\ -\"" + "-b " * 40),
    "q=%ED%A0%80%FF&type=x,&depuis=9999-99-99&jusqua=0001-01-01",
    "q=a&depuis=9999-12-31&page=999999",
    "page=0",
    "page=-1",
    "page=1e9",
    "page=999999999999",
    "page=999999",
    "page_size=1000000000",
    "page_size=0",
    "page_size=%D9%A1",
    "page=" + "9" * 5000,
    "ordering=password",
    "ordering=auteur__password,-utilisateur__email",
    "ordering=" + "nom," * 3000,
    "mairie=nulle-part",
    "mairie=1%27%20OR%201=1",
    "mairie__nom__startswith=Y&auteur__password__startswith=a",
    "statut=x&statut__in=a,b&id__in=1,2",
    "publiee_apres=hier&publiee_avant=9999-99-99",
    "publiee_apres=0001-01-01T00:00:00%2B23:59",
    "region[]=a&region=%C3%A9&departement=" + "x" * 500,
    "format=xml&fields=password&expand=auteur&include=auteur",
    "&&==&=a;b&%&%zz",
]
IDS = [
    "0",
    "9" * 18,
    "9" * 19,
    "9" * 300,
    "-1",
    "1.5",
    "%00",
    "a%00b",
    "%FF",
    "%ED%A0%80",
    "é",
    "' OR 1=1",
]


def operations():
    """(address, method, fields of the body) of every operation of the schema."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    for address, path in schema["paths"].items():
        for method, operation in path.items():
            if method in METHODS:
                yield address, method, fields_of(operation, schema)


def fields_of(operation, schema) -> list[str]:
    contents = operation.get("requestBody", {}).get("content", {})
    names = set()
    for content in contents.values():
        reference = content["schema"].get("$ref", "").rpartition("/")[2]
        names |= set(schema["components"]["schemas"].get(reference, {}).get("properties", {}))
    return sorted(names)


OPERATIONS = list(operations())


@pytest.fixture(params=["visitor", "citizen", "agent"])
def client(request, api, chantal, awa, settings):
    settings.RATES = {name: (10**6, 60) for name in settings.RATES}
    settings.AUTH_PASSWORD_VALIDATORS = []
    awa.user_permissions.set(walking.all_permissions())
    client = api({"visitor": None, "citizen": chantal, "agent": awa}[request.param])
    # A citizen reaches little that a visitor and an agent do not.
    client.step = 4 if request.param == "citizen" else 1
    return client


def send(client, method, address: str, *args, **kwargs):
    """The answer, as each of them would be the first: nothing that it did stays."""
    client.raise_request_exception = False
    start = transaction.savepoint()
    try:
        answer = method(address, *args, **kwargs)
        if answer.streaming:
            # Whole, before what it is read from is gone.
            b"".join(answer.streaming_content)
        return answer
    finally:
        transaction.savepoint_rollback(start)


def send_json(client, method: str, address: str, body):
    sender = functools.partial(client.generic, method.upper())
    return send(client, sender, address, body, "application/json")


@pytest.fixture
def row_id(yaounde):
    """An id that one row of each resource of Yaoundé has."""
    pk = ActualiteFactory(mairie=yaounde, publiee=True).pk
    PageCMSFactory(mairie=yaounde, publiee=True, pk=pk)
    FAQFactory(mairie=yaounde, pk=pk)
    DocumentOfficielFactory(mairie=yaounde, publie=True, pk=pk)
    service = ServiceMunicipalFactory(mairie=yaounde, pk=pk)
    formulaire = FormulaireFactory(mairie=yaounde, service=service, pk=pk)
    projet = ProjetFactory(mairie=yaounde, public=True, pk=pk)
    DocumentProjetFactory(projet=projet, public=True, pk=pk)
    demarche = DemarcheAdministrativeFactory(mairie=yaounde, formulaire=formulaire, pk=pk)
    RendezVousFactory(mairie=yaounde, service=service, pk=pk)
    signalement = SignalementFactory(mairie=yaounde, pk=pk)
    PieceJointeFactory(mairie=yaounde, de_signalement=True, signalement=signalement, pk=pk)
    PieceJointeFactory(mairie=yaounde, demarche=demarche, pk=paper_of(pk))
    NewsletterFactory(mairie=yaounde, pk=pk)
    AbonneNewsletterFactory(mairie=yaounde, pk=pk)
    evenement = EvenementFactory(mairie=yaounde, publie=True, inscription_requise=True, pk=pk)
    InscriptionEvenementFactory(evenement=evenement, pk=pk)
    return service.pk


def paper_of(pk: int) -> int:
    """Papers and photos share one table: the paper of `row_id`'s dossier has another id."""
    return pk + 1


def filled(address: str, value) -> str:
    if isinstance(value, int):
        address = address.replace("/pieces/{id}", f"/pieces/{paper_of(value)}")
    for name in ("id", "pk", "slug", "projet_id", "demarche_id", "signalement_id", "evenement_id"):
        address = address.replace(f"{{{name}}}", str(value))
    return address


def check(answer, *said):
    assert answer.status_code < 500, (said, answer.content)
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json", said
        assert answer.json()["detail"]


def test_the_schema_names_every_operation():
    assert len(OPERATIONS) > 30
    assert {"get", "post", "put", "patch", "delete"} == {method for _, method, _ in OPERATIONS}


def test_the_rows_are_reached(api, awa, row_id):
    """What hangs on a row of `row_id` does too: a 404 would try nothing."""
    awa.user_permissions.set(walking.all_permissions())
    nested = [a for a, method, _f in OPERATIONS if method == "get" and a.count("{") > 1]
    assert len(nested) > 2
    for address in nested:
        assert api(awa).get(filled(address, row_id)).status_code == 200, address
    photo = filled("/api/v1/signalements/{signalement_id}/photos/{id}", row_id)
    assert api(awa).patch(photo, {"est_visible": False}).status_code == 200
    paper = filled("/api/v1/demarches/{demarche_id}/pieces/{id}", row_id)
    assert api(awa).post(f"{paper}/lien").status_code == 200
    assert api(awa).delete(paper).status_code == 409


def bodies_for(client) -> dict[str, bytes]:
    """What is no JSON is refused before anybody is known: a visitor's turn is enough."""
    if not client._credentials:
        return BODIES
    return {name: body for name, body in BODIES.items() if name in PARSED}


def test_hostile_bodies(client, row_id):
    for address, method, _fields in OPERATIONS:
        if method in {"get", "delete"}:
            continue
        for name, body in bodies_for(client).items():
            check(send_json(client, method, filled(address, row_id), body), method, address, name)


def test_bodies_of_the_wrong_types(client, row_id):
    for address, method, fields in OPERATIONS:
        for value in VALUES[:: client.step] if fields else []:
            body = "{" + ", ".join(f'"{name}": {value}' for name in fields) + "}"
            check(send_json(client, method, filled(address, row_id), body), method, address, value)


def test_each_field_of_a_row_alone(api, awa, row_id):
    """Where the other fields are right, a wrong one gets as far as it can."""
    client = api(awa)
    for address, method, fields in OPERATIONS:
        for name in fields if method == "patch" else []:
            for value in VALUES[::4]:
                body = f'{{"{name}": {value}}}'
                check(send_json(client, "PATCH", filled(address, row_id), body), name, value)


def test_nul_and_half_characters_are_a_400_before_anything_else(api, awa, row_id):
    for text in (NUL, SURROGATE):
        body = f'{{"titre": "{text}", "contenu": "<p>x</p>"}}'
        answer = api(awa).generic("POST", "/api/v1/actualites", body, "application/json")
        assert answer.status_code == 400
        assert answer.json()["code"] == "texte_invalide"


def test_depth_and_numbers_that_are_none_are_a_400(api, db):
    codes = {"deep list": "json_invalide", "half deep": "json_trop_profond", "NaN": "json_invalide"}
    for name in ("deep list", "deep object", "half deep", "NaN", "infinite", "long integer"):
        answer = api().generic("POST", "/api/v1/auth/login", BODIES[name], "application/json")
        assert answer.status_code == 400, name
        assert answer.json()["code"] == codes.get(name, "json_invalide")


def test_hostile_forms(client, row_id):
    values = [
        "a\0b",
        "[" * 100_000,
        '{"lundi": "' + NUL + '"}',
        '["' + SURROGATE + '"]',
        "1e400",
        SimpleUploadedFile("a\0b.pdf", b"%PDF-\x00\xff"),
        SimpleUploadedFile("../../" + "x" * 300 + ".png", b"\x89PNG\r\n\x1a\n"),
    ]
    for address, method, fields in OPERATIONS:
        for value in values if fields else []:
            body = {name: value for name in fields}
            sender = getattr(client, method)
            answer = send(client, sender, filled(address, row_id), body, format="multipart")
            check(answer, method, address, value)


def test_hostile_queries(client, row_id):
    for address, method, _fields in OPERATIONS:
        for query in QUERIES[:: client.step] if method == "get" else []:
            answer = send(client, client.get, f"{filled(address, row_id)}?{query}")
            check(answer, address, query)


def test_hostile_ids(client, row_id):
    for address, method, _fields in OPERATIONS:
        for value in IDS if "{" in address else []:
            check(send_json(client, method, filled(address, value), b"{}"), address, value)


def test_options_and_head(client, row_id):
    for address in {address for address, _method, _fields in OPERATIONS}:
        check(send(client, client.options, filled(address, row_id)), address)
        assert send(client, client.head, filled(address, row_id)).status_code < 500


def test_hostile_headers(client, row_id):
    strange = ["", "\xff", ";;,,", "a" * 5000, "*", '"', 'W/"', "en;q=x", "q=0.5,;=", "bytes=0-0"]
    for name in ("Accept", "Accept-Language", "If-None-Match", "If-Match", "X-Forwarded-For"):
        for value in strange:
            address, headers = f"/api/v1/actualites/{row_id}", {name: value}
            check(send(client, client.get, address, headers=headers), name, value)
            answer = send(client, client.patch, address, {"titre": "x"}, headers=headers)
            check(answer, name, value)


def test_nul_in_an_address_is_a_400(db):
    for address in ("/api/v1/mairies%00", "/api/v1/mairies?search=%00", "/api/v1/mairies/a%00b"):
        answer = Client().get(address)
        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert Client().get("/health/live%00").status_code == 400


def test_hidden_columns_cannot_be_probed(api, yaounde):
    ActualiteFactory(mairie=yaounde, publiee=True)
    plain = api().get("/api/v1/actualites").json()["count"]
    for query in ("auteur__password__startswith=a", "mairie__nom=x", "contenu__contains=zzz"):
        assert api().get(f"/api/v1/actualites?{query}").json()["count"] == plain
    for hidden in ("auteur__password", "contenu", "auteur", "mairie__nom", "nombre_vues", "pk"):
        assert api().get("/api/v1/actualites", {"ordering": hidden}).status_code == 400


def test_what_the_server_decides_is_not_taken_from_the_body(api, awa, chantal, row_id):
    given = {"id": 1, "slug": "pris", "auteur": chantal.pk, "nombre_vues": 9, "statut": "archivee"}
    before = Actualite.objects.values().get(pk=row_id)
    answer = api(awa).patch(f"/api/v1/actualites/{row_id}", {k: given[k] for k in list(given)[:4]})
    assert answer.status_code == 200
    after = Actualite.objects.values().get(pk=row_id)
    assert {k: after[k] for k in before if k != "date_modification"} == {
        k: before[k] for k in before if k != "date_modification"
    }
    assert json.loads(answer.content)["id"] == row_id
