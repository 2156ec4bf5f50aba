"""Slugs: readable, never taken for an id, and one for each when two come at once."""

import pytest
from django.db import IntegrityError

from documents.models import Actualite
from documents.tests.factories import ActualiteFactory
from ecms.slugs import save_with_slug, slug_of
from ecms.tests.together import together
from mairies.tests.factories import MairieFactory

CONSTRAINT = "documents_actualite_slug"


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Marché central : réouverture !", "marche-central-reouverture"),
        ("L’œuvre d’Æsope", "l-oeuvre-d-aesope"),
        ("2026", "actualite-2026"),
        ("٢٠٢٦", "actualite"),
        ("", "actualite"),
        ("   ---   ", "actualite"),
        ("中文", "actualite"),
        ("<script>", "script"),
        ("a" * 200, "a" * 80),
        ("a" * 79 + " bc", "a" * 79),
        ("../../etc/passwd", "etcpasswd"),
    ],
)
def test_it_works(text, slug):
    assert slug_of(text, default="actualite") == slug


def new(mairie) -> Actualite:
    return ActualiteFactory.build(mairie=mairie, slug="")


def test_a_taken_slug_gets_a_number(yaounde, douala):
    saved = []
    for mairie in (yaounde, yaounde, douala, yaounde):
        row = new(mairie)
        save_with_slug(row, "Un titre", constraint=CONSTRAINT)
        saved.append(row.slug)
    assert saved == ["un-titre", "un-titre-2", "un-titre", "un-titre-3"]


def test_another_violation_is_raised_as_it_is(yaounde):
    row = new(yaounde)
    row.statut = "publiee"
    with pytest.raises(IntegrityError, match="publiee_datee"):
        save_with_slug(row, "Un titre", constraint=CONSTRAINT)


def test_a_title_that_comes_back_for_ever_still_finds_one(yaounde):
    for _ in range(30):
        save_with_slug(new(yaounde), "Avis", constraint=CONSTRAINT)
    assert Actualite.objects.values("slug").distinct().count() == 30


@pytest.mark.django_db(transaction=True)
def test_the_same_title_eight_times_at_once():
    mairie = MairieFactory()

    def save():
        save_with_slug(new(mairie), "Un titre", constraint=CONSTRAINT)

    together(*[save] * 8)
    slugs = set(Actualite.objects.values_list("slug", flat=True))
    assert slugs == {"un-titre", *(f"un-titre-{n}" for n in range(2, 9))}
