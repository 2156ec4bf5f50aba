"""The CSV and the map: public projects alone, for programs and spreadsheets."""

import csv
import io
import json

import pytest

from ecms.api.exports import csv_response
from projets import views
from projets.exports import COLONNES
from projets.tests.factories import ProjetFactory

CSV, MAP = "/api/v1/projets.csv", "/api/v1/carte/projets"

pytestmark = pytest.mark.django_db


def read(answer):
    """The rows of a CSV, as a spreadsheet reads them."""
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


@pytest.fixture
def bridge(yaounde):
    return ProjetFactory(
        mairie=yaounde, titre="Le pont", public=True, latitude="3.866700", longitude="11.516700",
        description="Deux voies ; un trottoir\net \"des rampes\"", depense_xaf=26_000_000,
        date_fin_prevue="2020-01-01",
    )  # fmt: skip


# CSV ----------------------------------------------------------------------------------------------


def test_the_csv_works(api, bridge):
    answer = api().get(CSV)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="projets.csv"'
    assert answer["Cache-Control"].startswith("public")
    assert answer.streaming
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbfid;")
    (row,) = read(api().get(CSV))
    assert list(row) == [str(name) for name in COLONNES]
    assert (row["Mairie"], row["Projet"], row["Budget (FCFA)"]) == (
        "Yaoundé",
        "Le pont",
        "25000000",
    )
    assert (row["Dépassement (FCFA)"], row["En retard"]) == ("1000000", "oui")
    assert (row["latitude"], row["Description"]) == ("3.866700", bridge.description)


def test_in_english(api, bridge):
    (row,) = read(api().get(CSV, headers={"accept-language": "en"}))
    assert row["latitude"] == "3.866700"


@pytest.mark.parametrize("accept", ["text/csv", "text/html", "*/*", "application/json"])
def test_whatever_is_accepted(api, bridge, accept):
    assert len(read(api().get(CSV, headers={"accept": accept}))) == 1


def test_private_projects_are_in_neither(api, awa, nadege, yaounde):
    ProjetFactory(mairie=yaounde, latitude="3.8", longitude="11.5")
    ProjetFactory(public=True, mairie__statut="suspendue", latitude="3.8", longitude="11.5")
    for client in (api(), api(awa), api(nadege)):
        assert read(client.get(CSV)) == []
        assert client.get(MAP).json()["features"] == []


@pytest.mark.parametrize("asked", [{"mairie": "yaounde"}, {"search": "pont"}, {"en_retard": "1"}])
def test_the_filters_of_the_list(api, bridge, asked):
    ProjetFactory(public=True, latitude="4", longitude="9")
    assert [row["Projet"] for row in read(api().get(CSV, asked))] == ["Le pont"]
    (feature,) = api().get(MAP, asked).json()["features"]
    assert feature["id"] == bridge.pk


@pytest.mark.parametrize("address", [CSV, MAP])
def test_an_unknown_filter_value_is_refused(api, address):
    answer = api().get(address, {"mairie": "atlantide"})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["mairie"])


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("https://x","y")', "＝1+1"],
)
def test_no_text_is_a_formula(api, text):
    ProjetFactory(public=True, titre=text, lieu=text, responsable=text, mairie__nom=text)
    (row,) = read(api().get(CSV))
    assert not [v for v in row.values() if v and v[0] in "=+-@\t\r＝"]
    assert row["Projet"] == f"'{text}"


def test_numbers_stay_numbers():
    rows = [{"a": -3.5, "b": None, "c": -7, "d": ";"}]
    columns = {name: lambda row, name=name: row[name] for name in "abcd"}
    content = b"".join(csv_response(rows, columns, filename="x.csv").streaming_content)
    assert content.decode("utf-8-sig").splitlines() == ["a;b;c;d", '-3.5;;-7;";"']


def test_rows_are_read_as_they_are_sent():
    seen = []

    def rows():
        for number in range(3):
            seen.append(number)
            yield number

    # The first row is read before anything leaves: a fault is still an answer.
    content = iter(csv_response(rows(), {"n": int}, filename="x.csv").streaming_content)
    next(content)
    next(content)
    assert seen == [0]
    next(content)
    assert seen == [0, 1]


@pytest.mark.parametrize("rows", [1, 12])
def test_the_number_of_queries_is_fixed(api, django_assert_num_queries, rows):
    for _row in range(rows):
        ProjetFactory(public=True, latitude="4", longitude="9")
    client = api()
    with django_assert_num_queries(1):
        assert len(read(client.get(CSV))) == rows
    with django_assert_num_queries(1):
        assert len(client.get(MAP).json()["features"]) == rows


# GeoJSON ------------------------------------------------------------------------------------------


def test_the_map_works(api, bridge):
    ProjetFactory(public=True)
    answer = api().get(MAP, {"mairie": "yaounde"})
    assert answer["Content-Type"] == "application/geo+json"
    assert answer["Cache-Control"].startswith("public")
    body = json.loads(answer.content)
    assert body["type"] == "FeatureCollection"
    (feature,) = body["features"]
    assert feature["type"] == "Feature"
    assert feature["geometry"] == {"type": "Point", "coordinates": [11.5167, 3.8667]}
    told = feature["properties"]
    assert (told["mairie"], told["slug"], told["en_retard"]) == ("yaounde", bridge.slug, True)
    assert (told["depassement_xaf"], told["statut_display"]) == (1_000_000, "Planifié")
    etag = {"if-none-match": answer["ETag"]}
    assert api().get(MAP, {"mairie": "yaounde"}, headers=etag).status_code == 304


def test_what_has_no_position_is_not_on_the_map(api):
    ProjetFactory(public=True)
    assert api().get(MAP).json()["features"] == []


def test_the_map_is_bounded(api, monkeypatch):
    monkeypatch.setattr(views, "MAX_FEATURES", 2)
    for _row in range(3):
        ProjetFactory(public=True, latitude="4", longitude="9")
    assert len(api().get(MAP).json()["features"]) == 2


@pytest.mark.parametrize("address", [CSV, MAP])
def test_they_are_only_read(api, awa, address):
    for method in ("post", "put", "patch", "delete"):
        assert getattr(api(awa), method)(address, {}).status_code == 405
