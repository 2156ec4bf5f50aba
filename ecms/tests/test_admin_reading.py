"""What the admin shows to whoever may not write it, and how it names states."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission

from demarches.tests.factories import FormulaireFactory
from documents.models import Actualite
from documents.tests.factories import ActualiteFactory
from mairies.tests.factories import ServiceMunicipalFactory

HORAIRES = {"lundi": [["07:30", "12:00"], ["13:00", "15:30"]]}
QUESTIONS = [
    {"cle": "nom", "type": "texte", "libelle": {"fr": "Votre <nom>", "en": "Your <name>"}},
    {
        "cle": "motif",
        "type": "choix",
        "obligatoire": True,
        "libelle": {"fr": "Motif"},
        "options": [{"valeur": "mariage", "libelle": {"fr": "Mariage", "en": "Wedding"}}],
    },
    {
        "cle": "enfants",
        "type": "groupe",
        "libelle": {"fr": "Enfants"},
        "champs": [{"cle": "prenom", "type": "texte", "libelle": {"fr": "Prénom"}}],
    },
]
PIECES = [{"cle": "cni", "libelle": {"fr": "Carte"}, "obligatoire": True, "en_ligne": True}]


@pytest.fixture
def reader(awa, client):
    """Somebody who may look at everything of Yaoundé, and write nothing."""
    awa.groups.clear()
    awa.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(awa, backend="users.backends.Backend")
    return client


def page_of(client, row, language="fr") -> str:
    name = f"{row._meta.app_label}/{row._meta.model_name}"
    answer = client.get(f"/admin/{name}/{row.pk}/change/", headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_text_is_read_with_its_formatting(reader, yaounde):
    row = ActualiteFactory(mairie=yaounde, contenu="<h2>Travaux</h2><p>Lundi &amp; mardi</p>")
    page = page_of(reader, row)
    assert '<div class="ecms-read"><h2>Travaux</h2><p>Lundi &amp; mardi</p></div>' in page
    assert "&lt;h2&gt;" not in page


def test_a_text_that_no_model_wrote_runs_nothing(reader, yaounde):
    row = ActualiteFactory(mairie=yaounde)
    hostile = '<p onclick="x()">Bonjour</p><script>alert("CANARI")</script>'
    Actualite.objects.filter(pk=row.pk).update(contenu=hostile)
    page = page_of(reader, row)
    assert "<p>Bonjour</p>" in page
    assert "CANARI" not in page
    assert "onclick" not in page


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("fr", ["Votre &lt;nom&gt;", "Texte court", "Mariage", "Prénom", "Carte"]),
        ("en", ["Your &lt;name&gt;", "Wedding", "Prénom", "Carte"]),
    ],
)
def test_questions_and_papers_are_a_list(reader, yaounde, language, told):
    row = FormulaireFactory(mairie=yaounde, champs=QUESTIONS, pieces_requises=PIECES)
    page = page_of(reader, row, language)
    assert [words for words in told if words not in page] == []
    assert "libelle" not in page
    assert "&quot;cle&quot;" not in page


def test_hours_and_closings_are_a_table(reader, yaounde):
    closings = [{"date": "2026-12-25", "motif": "Noël", "demi_journee": "matin"}]
    row = ServiceMunicipalFactory(
        mairie=yaounde,
        horaires=HORAIRES,
        fermetures=closings,
        categories_signalements=["eclairage"],
    )
    page = page_of(reader, row)
    assert '<th scope="row">Lundi</th><td>07:30 – 12:00, 13:00 – 15:30</td>' in page
    assert '<th scope="row">Dimanche</th><td>Fermé</td>' in page
    assert "<li>vendredi 25 décembre 2026 : Le matin, Noël</li>" in page
    assert "Éclairage" in page
    assert "[[" not in page


def test_a_mairie_reads_its_hours_and_closed_days(reader, yaounde):
    yaounde.horaires, yaounde.jours_fermes = HORAIRES, ["2026-05-20"]
    yaounde.save()
    page = page_of(reader, yaounde)
    assert "07:30 – 12:00" in page
    assert "<li>mercredi 20 mai 2026</li>" in page
    assert "(&#x27;active&#x27;" not in page


def test_what_is_empty_says_so(reader, yaounde):
    row = ServiceMunicipalFactory(mairie=yaounde, horaires={}, fermetures=[])
    assert "{}" not in page_of(reader, row)


def labelled():
    """(model, column, the colours of its values) of what lists show as states."""
    for model, found in admin.site._registry.items():
        for name in [*found.list_display, *found.readonly_fields]:
            shown = getattr(found, name, None) if isinstance(name, str) else None
            column = name.rsplit("_", 1)[0] if isinstance(name, str) else ""
            columns = {field.name: field for field in model._meta.fields}
            if isinstance(getattr(shown, "label", None), dict) and column in columns:
                yield model, columns[column], shown.label


def test_every_value_of_a_state_is_shown_in_words():
    """Unfold shows the value itself of one that has no colour."""
    found = list(labelled())
    assert len(found) > 8
    for model, column, colours in found:
        values = {value for value, _label in column.flatchoices}
        assert values <= {str(getattr(each, "value", each)) for each in colours}, (model, column)
