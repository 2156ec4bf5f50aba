from collections import Counter

import pytest
from django.utils import translation
from django.utils.text import slugify

from mairies.territoire import (
    DEPARTEMENT_CHOICES,
    DEPARTEMENTS,
    ENGLISH_DEPARTEMENTS,
    REGIONS,
    Region,
    collectivites,
    departement_named,
    region_named,
)

# The official number of communes of each région.
COMMUNES = {
    "adamaoua": 21,
    "centre": 70,
    "est": 33,
    "extreme-nord": 47,
    "littoral": 34,
    "nord": 21,
    "nord-ouest": 34,
    "ouest": 40,
    "sud": 29,
    "sud-ouest": 31,
}


def communes():
    return [row for row in collectivites() if row.type == "commune"]


def communautes_urbaines():
    return [row for row in collectivites() if row.type == "communaute_urbaine"]


def test_the_country_has_its_374_authorities():
    assert len(collectivites()) == 374
    assert len(communes()) == 360
    assert len(communautes_urbaines()) == 14


def test_each_region_has_its_official_number_of_communes():
    assert Counter(commune.region for commune in communes()) == COMMUNES


def test_there_are_58_departements_each_in_one_region():
    assert len(DEPARTEMENTS) == 58
    assert {departement.region for departement in DEPARTEMENTS.values()} == set(REGIONS)
    assert len({departement.nom for departement in DEPARTEMENTS.values()}) == 58


def test_every_departement_has_communes_and_a_chef_lieu():
    assert {commune.departement for commune in communes()} == set(DEPARTEMENTS)
    assert all(departement.chef_lieu for departement in DEPARTEMENTS.values())


def test_the_ten_regions_are_the_same_in_the_table_and_in_the_choices():
    assert len(REGIONS) == 10
    assert list(REGIONS) == Region.values
    with translation.override(None):
        assert [region.nom for region in REGIONS.values()] == [str(name) for name in Region.labels]


@pytest.mark.parametrize("table", [REGIONS, DEPARTEMENTS])
def test_a_code_is_the_name_in_ascii(table):
    for code, row in table.items():
        assert row.code == code == slugify(row.nom)


def test_departements_are_offered_as_choices():
    assert len(DEPARTEMENT_CHOICES) == 58
    assert ("nyong-et-soo", "Nyong-et-So'o") in DEPARTEMENT_CHOICES


def test_slugs_are_unique_ascii_and_never_only_digits():
    slugs = [row.slug for row in collectivites()]
    assert len(set(slugs)) == 374
    for slug in slugs:
        assert slug == slugify(slug)
        assert slug.isascii()
        assert not slug.isdigit()


def test_the_slug_of_a_commune_is_its_name():
    """Names that several communes bear would add their département; none do today."""
    for commune in communes():
        assert commune.slug == slugify(commune.nom)


def test_the_slug_of_a_communaute_urbaine_says_so():
    for row in communautes_urbaines():
        link = "d" if row.nom[0] in "AEIOU" else "de"
        assert row.slug == f"communaute-urbaine-{link}-{slugify(row.nom)}"


@pytest.mark.parametrize(
    ("slug", "nom", "departement", "region"),
    [
        ("yaounde-1er", "Yaoundé 1er", "mfoundi", "centre"),
        ("douala-5e", "Douala 5e", "wouri", "littoral"),
        ("garoua-boulai", "Garoua-Boulaï", "lom-et-djerem", "est"),
        ("maan", "Ma'an", "vallee-du-ntem", "sud"),
        ("akom-ii", "Akom II", "ocean", "sud"),
        ("communaute-urbaine-de-douala", "Douala", "wouri", "littoral"),
        ("communaute-urbaine-d-edea", "Edéa", "sanaga-maritime", "littoral"),
    ],
)
def test_names_keep_their_accents(slug, nom, departement, region):
    (row,) = [row for row in collectivites() if row.slug == slug]
    assert (row.nom, row.departement, row.region) == (nom, departement, region)


def test_names_and_types_are_clean():
    for row in collectivites():
        assert row.nom == " ".join(row.nom.split())
        assert row.type in {"commune", "communaute_urbaine"}
    assert len({(row.type, row.nom, row.departement) for row in collectivites()}) == 374


def test_a_communaute_urbaine_is_the_chef_lieu_of_its_departement():
    for row in communautes_urbaines():
        assert DEPARTEMENTS[row.departement].chef_lieu == row.nom


@pytest.mark.parametrize("region", REGIONS.values(), ids=str)
def test_a_region_answers_to_its_code_and_both_names(region):
    for name in (region.code, region.nom, region.nom_anglais, region.nom.upper()):
        assert region_named(name) == region.code


@pytest.mark.parametrize("departement", DEPARTEMENTS.values(), ids=str)
def test_a_departement_answers_to_its_code_and_name(departement):
    for name in (departement.code, departement.nom, departement.nom.upper()):
        assert departement_named(name) == departement.code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("EXTREME NORD", "extreme-nord"),
        ("  extrême-nord ", "extreme-nord"),
        ("far-north", "extreme-nord"),
        ("Northwest", "nord-ouest"),
        ("Adamawa", "adamaoua"),
    ],
)
def test_regions_are_recognised_as_people_write_them(text, code):
    assert region_named(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("mbam and inoubou", "mbam-et-inoubou"),
        ("Mbam & Kim", "mbam-et-kim"),
        ("Nyong et So’o", "nyong-et-soo"),
        ("ngoketunjia", "ngo-ketunjia"),
        ("Kupe Manenguba", "koupe-manengouba"),
        ("upper nyong", "haut-nyong"),
        ("OCEAN", "ocean"),
    ],
)
def test_departements_are_recognised_as_people_write_them(text, code):
    assert departement_named(text) == code


def test_english_names_lead_to_departements_that_exist():
    assert set(ENGLISH_DEPARTEMENTS.values()) <= set(DEPARTEMENTS)


@pytest.mark.parametrize("text", ["", "  ", "Paris", "nord est", "\x00", "\ud800", "北", "et"])
def test_an_unknown_name_is_nothing(text):
    assert region_named(text) is None
    assert departement_named(text) is None
