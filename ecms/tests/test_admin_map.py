"""Places on a map: the form's two numbers, and the map that writes them."""

import json
from decimal import Decimal

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from ecms.admin.map import MEDIA, OUTLINES, PlaceWidget, carte
from ecms.tests.test_checks import run
from evenements.tests.factories import EvenementFactory

POINT = {"latitude": Decimal("3.866700"), "longitude": Decimal("11.516700")}


@pytest.fixture
def desk(client, awa):
    client.force_login(awa)
    return client


def page(row) -> str:
    return reverse("admin:evenements_evenement_change", args=[row.pk])


def test_the_numbers_stay_and_the_map_stands_beside(desk, yaounde):
    content = desk.get(page(EvenementFactory(mairie=yaounde, **POINT))).content.decode()
    assert 'name="latitude" value="3.866700"' in content
    assert 'name="longitude" value="11.516700"' in content
    assert 'data-field="id_latitude"' in content
    assert all(path in content for path in ("ecms/admin/map.js", "ecms/admin/map.css"))


def test_a_map_begins_at_the_mairie(desk, yaounde):
    add = reverse("admin:evenements_evenement_add")
    assert 'data-center=""' in desk.get(add).content.decode()
    yaounde.latitude, yaounde.longitude = Decimal("3.885000"), Decimal("11.520000")
    yaounde.save()
    assert 'data-center="3.885000,11.520000"' in desk.get(add).content.decode()
    row = EvenementFactory(mairie=yaounde)
    assert 'data-center="3.885000,11.520000"' in desk.get(page(row)).content.decode()


def test_half_a_place_is_refused(desk, yaounde):
    row = EvenementFactory(mairie=yaounde)
    answer = desk.post(page(row), {"latitude": "3.8", "longitude": "", "titre": "x"})
    errors = answer.context["adminform"].form.errors
    assert "Latitude et longitude vont ensemble." in str(errors)


def test_what_is_only_read_is_shown_on_a_map(desk, yaounde):
    row = EvenementFactory(mairie=yaounde, statut="annule", **POINT)
    content = desk.get(page(row)).content.decode()
    assert "Latitude 3.866700, longitude 11.516700" in content
    assert 'data-point="3.866700,11.516700"' in content
    assert "ecms/admin/map.js" in content
    assert 'name="latitude"' not in content


def test_no_place_is_no_map():
    assert carte(None, None) == "-"
    assert "ecms-map" in carte(**POINT)


def test_nothing_is_asked_of_others_unless_the_operator_says_so(desk, yaounde, settings):
    add = reverse("admin:evenements_evenement_add")
    content = desk.get(add).content.decode()
    assert 'data-tiles=""' in content
    settings.MAP_TILES_URL = "https://tuiles.exemple.cm/{z}/{x}/{y}.png"
    settings.MAP_TILES_ATTRIBUTION = "© <b>Nous</b>"
    content = desk.get(add).content.decode()
    assert 'data-tiles="https://tuiles.exemple.cm/{z}/{x}/{y}.png"' in content
    assert 'data-attribution="© &lt;b&gt;Nous&lt;/b&gt;"' in content


def test_an_address_that_names_no_tile_stops_the_start():
    found = run("manage.py", "check", MAP_TILES_URL="https://tuiles.exemple.cm/")
    assert found.returncode != 0
    assert "MAP_TILES_URL doit contenir {z}, {x} et {y}." in found.stderr


def test_what_the_map_is_made_of_is_there():
    paths = [path for sources in MEDIA._css.values() for path in sources] + MEDIA._js
    assert all(finders.find(path) for path in [*paths, OUTLINES])
    with open(finders.find(OUTLINES), encoding="utf-8") as file:
        outlines = json.load(file)
    kinds = [feature["geometry"]["type"] for feature in outlines["features"]]
    assert (kinds.count("Point"), len(json.dumps(outlines)) < 200_000) == (10, True)
    homes = [f for f in outlines["features"] if f["properties"].get("pays") == "CM"]
    assert len(homes) == 1


def test_the_widget_writes_numbers_for_machines():
    widget = PlaceWidget(center="3.5,11.5")
    html = widget.render("latitude", Decimal("3.5"), {"id": "id_latitude"})
    assert 'value="3.5"' in html
    assert 'data-center="3.5,11.5"' in html
