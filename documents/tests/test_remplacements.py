"""A repealed document points to what replaces it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from documents.models import DocumentOfficiel
from documents.tests.factories import DocumentOfficielFactory
from ecms.tests.together import together

URL = "/api/v1/documents-officiels"

pytestmark = pytest.mark.django_db


@pytest.fixture
def make(yaounde):
    asked = {"mairie": yaounde, "publie": True}

    def make(titre, **columns):
        return DocumentOfficielFactory(titre=titre, **{**asked, **columns})

    return make


def replace(client, document, by):
    return client.patch(f"{URL}/{document.pk}", {"remplace_par": getattr(by, "pk", by)})


def test_it_works(api, awa, make):
    old, new = make("Ancien"), make("Nouveau", numero_reference="N-2")
    answer = replace(api(awa), old, new)
    link = {"id": new.pk, "titre": "Nouveau", "numero_reference": "N-2"}
    assert (answer.status_code, answer.json()["remplace_par"]) == (200, link)
    seen = api().get(f"{URL}/{old.pk}").json()
    assert (seen["remplace_par"], seen["en_vigueur"]) == (link, False)
    assert api().get(f"{URL}/{new.pk}").json()["remplace_par"] is None
    for value, titre in (("true", "Nouveau"), ("false", "Ancien")):
        (row,) = api().get(f"{URL}?en_vigueur={value}").json()["results"]
        assert (row["titre"], row["en_vigueur"]) == (titre, value == "true")
    # What came out goes in again.
    assert replace(api(awa), old, link["id"]).status_code == 200
    again = api(awa).patch(f"{URL}/{old.pk}", {"remplace_par": link})
    assert again.json()["remplace_par"] == link
    assert replace(api(awa), old, None).json()["en_vigueur"] is True


def test_a_replacement_that_is_still_private_is_not_told(api, awa, brice, make):
    later = timezone.now() + timedelta(days=1)
    for hidden in (
        make("CANARI", publie=False),
        make("CANARI", publie=False, est_public=True, date_publication=later),
    ):
        old = make("Ancien", remplace_par=hidden)
        for client in (api(), api(brice)):
            answer = client.get(f"{URL}/{old.pk}")
            assert "CANARI" not in answer.content.decode()
            assert (answer.json()["remplace_par"], answer.json()["en_vigueur"]) == (None, True)
            found = client.get(f"{URL}?en_vigueur=true").json()["results"]
            assert old.pk in [row["id"] for row in found]
        assert api(awa).get(f"{URL}/{old.pk}").json()["remplace_par"]["titre"] == "CANARI"
        found = api(awa).get(f"{URL}?en_vigueur=true").json()["results"]
        assert old.pk not in [row["id"] for row in found]


def test_what_cannot_replace_it(api, awa, make, douala):
    first, second, third = make("1"), make("2"), make("3")
    assert replace(api(awa), first, second).status_code == 200
    assert replace(api(awa), second, third).status_code == 200
    theirs = DocumentOfficielFactory(mairie=douala, publie=True)
    secret = DocumentOfficielFactory(mairie=douala, titre="CANARI")
    for document, by in ((third, first), (first, first), (third, theirs), (third, secret)):
        answer = replace(api(awa), document, by)
        assert answer.status_code == 400
        assert list(answer.json()["fields"]) == ["remplace_par"]
        assert "CANARI" not in answer.content.decode()
    for wrong in ("x", [], {}, {"id": {}}, True, 10**30):
        assert replace(api(awa), third, wrong).status_code == 400
    third.refresh_from_db()
    assert third.remplace_par is None


def test_what_replaces_another_is_not_deleted(api, awa, make):
    new = make("Nouveau")
    make("Ancien", remplace_par=new)
    answer = api(awa).delete(f"{URL}/{new.pk}")
    assert (answer.status_code, answer.json()["code"]) == (409, "element_utilise")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_no_circle(api, awa, make):
    one, two, client = make("1"), make("2"), api(awa)
    for _time in range(5):
        DocumentOfficiel.objects.update(remplace_par=None)
        answers = together(
            lambda: replace(client, one, two).status_code,
            lambda: replace(api(awa), two, one).status_code,
        )
        assert sorted(answers) == [200, 400]
        assert DocumentOfficiel.objects.filter(remplace_par=None).count() == 1
