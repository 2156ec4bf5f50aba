"""The OpenAPI document and its pages: complete, valid and served from our own origin."""

import json
import re

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def schema():
    return SchemaGenerator().get_schema(request=None, public=True)


@pytest.fixture(scope="module")
def operations(schema):
    return [
        (address, method, operation)
        for address, path in schema["paths"].items()
        for method, operation in path.items()
        if method in METHODS
    ]


def test_it_is_valid_and_the_one_that_is_committed(tmp_path):
    written = tmp_path / "openapi.yaml"
    call_command("spectacular", lang="fr", validate=True, fail_on_warn=True, file=str(written))
    committed = settings.BASE_DIR / "docs" / "openapi.yaml"
    assert written.read_bytes() == committed.read_bytes(), (
        "docs/openapi.yaml is not what the code says: run script/schema and commit it"
    )


def test_it_names_no_host_and_no_day(schema):
    text = json.dumps(schema, default=str)
    assert "servers" not in schema
    assert not re.search(r"https?://", text)
    assert timezone.localdate().isoformat() not in text


def test_every_operation_is_named_once_tagged_and_told(operations):
    names = [operation["operationId"] for _address, _method, operation in operations]
    assert len(names) == len(set(names)) > 30
    for address, method, operation in operations:
        assert len(operation["tags"]) == 1, (address, method)
        assert operation["tags"][0] == address.split("/")[3]


def test_every_operation_tells_its_problems(operations, schema):
    for address, method, operation in operations:
        problems = {s for s in operation["responses"] if int(s) >= 400}
        assert problems >= {"400", "401", "403", "404", "405", "429", "503"}, address
        if "requestBody" in operation:
            assert problems >= {"409", "412", "413", "415"}, (address, method)
        for status in problems:
            reference = operation["responses"][status]["$ref"].removeprefix("#/components/")
            kind, name = reference.split("/")
            content = schema["components"][kind][name]["content"]
            assert list(content) == ["application/problem+json"]


def test_what_is_cached_may_be_unchanged(schema):
    read = schema["paths"]["/api/v1/actualites"]["get"]["responses"]
    assert {"200", "304"} <= read.keys()
    assert "ETag" in read["200"]["headers"]
    assert "304" not in schema["paths"]["/api/v1/actualites"]["post"]["responses"]


def test_a_file_is_of_any_type_and_comes_in_parts(schema):
    path = "/api/v1/demarches/{demarche_id}/pieces/{id}/fichier"
    answers = schema["paths"][path]["get"]["responses"]
    assert {"200", "206", "304", "416"} <= answers.keys()
    assert list(answers["200"]["content"]) == ["*/*"]


def test_what_only_some_are_told_is_not_promised(schema):
    schemas = schema["components"]["schemas"]
    promised = {name: set(schemas[name]["required"]) for name in ("Actualite", "Demarche", "FAQ")}
    assert not promised["Actualite"] & {"statut", "statut_display", "nombre_vues", "auteur"}
    assert not promised["Demarche"] & {"priorite", "priorite_display", "agent_traitant"}
    assert "est_active" not in promised["FAQ"]
    assert {"id", "mairie_nom"} <= promised["Actualite"] & promised["Demarche"]


def test_what_may_be_empty_is_said_to_be(schema):
    schemas = schema["components"]["schemas"]
    assert schemas["Actualite"]["properties"]["image_petite"]["nullable"]
    assert schemas["Mairie"]["properties"]["adresse"]["nullable"]
    assert schemas["Signalement"]["properties"]["agent_nom"]["nullable"]
    # An address that was left out is an empty text.
    assert "format" not in schemas["Demarche"]["properties"]["email_demandeur"]


def test_json_has_a_shape(schema):
    shapes = schema["components"]["schemas"]["ServiceMunicipal"]["properties"]
    assert shapes["horaires"]["type"] == "object"
    assert shapes["fermetures"]["type"] == "array"


def test_what_agents_say_of_a_dossier_is_described(schema):
    """The schema of an action is lost where its decorators stand in the wrong order."""
    asked = {"affecter": {"agent"}, "demander-piece": {"motif"}, "rejeter": {"motif"}}
    for name, fields in asked.items():
        operation = schema["paths"][f"/api/v1/demarches/{{id}}/{name}"]["post"]
        content = operation["requestBody"]["content"]["application/json"]
        described = schema["components"]["schemas"][content["schema"]["$ref"].split("/")[-1]]
        assert set(described["required"]) == fields


def test_addresses_have_no_trailing_slash(schema):
    assert not [address for address in schema["paths"] if address.endswith("/")]
    assert all(address.startswith("/api/v1/") for address in schema["paths"])


def test_a_problem_is_what_is_answered(schema, api, db):
    described = schema["components"]["schemas"]["Problem"]
    assert set(described["properties"]) == set(described["required"])
    assert set(described["required"]) == set(api().get("/api/v1/rien").json())


def test_it_is_served(db):
    for accepted in ("application/json", "application/vnd.oai.openapi+json", "*/*"):
        answer = Client().get("/api/v1/schema", headers={"Accept": accepted})
        assert answer.status_code == 200, accepted
        assert b"/api/v1/mairies" in answer.content


@pytest.mark.parametrize("page", ["docs", "redoc"])
def test_the_pages_ask_nothing_of_others(page, db):
    answer = Client().get(f"/api/v1/{page}", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    page = answer.content.decode()
    addresses = re.findall(r"""(?:src|href|url)\s*[=:(]\s*["']?([^"'\s>)]+)""", page)
    assert addresses
    foreign = [a for a in addresses if re.match(r"(?:https?:)?//", a)]
    assert [a for a in foreign if not a.startswith("http://testserver/")] == []
    for asset in {a for a in addresses if a.startswith("/static/")}:
        assert find(asset.removeprefix("/static/")), asset
