"""What asks for more than a line of text: forms, hours, rich texts, places, files of rows."""

import json
from datetime import date

import pytest
from playwright.sync_api import expect

from demarches.models import Formulaire
from documents.models import FAQ
from documents.tests.factories import FAQFactory
from e2e import people
from mairies.models import ServiceMunicipal
from mairies.tests.factories import ServiceMunicipalFactory

SAVE = "Enregistrer et continuer les modifications"
RICH = (
    "<h3>Les tarifs</h3><table><thead><tr><th>Acte</th><th>Prix</th></tr></thead><tbody><tr>"
    "<td>Copie</td><td>500 F</td></tr></tbody></table><p>Au guichet.</p>"
)
QUESTIONS = "Question;Réponse;Ordre\nOù est la mairie ?;Place du marché.;1\nQuand ?;Le matin.;2\n"


@pytest.fixture
def language():
    """The pages of the stories before these are told in both."""
    return "fr"


@pytest.fixture
def mairie(site):
    return people.town_hall()


@pytest.fixture
def desk(sit_down, mairie):
    return sit_down(people.agent(mairie))


class Builder:
    """The cards of a form's questions."""

    def __init__(self, desk):
        self.page = desk.page
        self.root = desk.page.locator("[data-constructeur=id_champs-schema]")
        self.cards = self.root.locator(".ec-hote > .ec-liste > .ec-carte")

    def add(self, type_: str, label: str):
        adding = self.root.locator(".ec-hote > .ec-liste > .ec-ajout")
        adding.locator("[data-geste=type]").select_option(type_)
        adding.locator("[data-geste=ajouter]").click()
        # The French label has the focus.
        self.page.keyboard.type(label)
        return self.cards.last

    def card(self, key: str):
        return self.root.locator(f"fieldset[data-cle={key}]")

    @property
    def value(self) -> list[dict]:
        return json.loads(self.root.locator("> textarea").input_value())

    @property
    def keys(self) -> list[str]:
        return [each["cle"] for each in self.value]


def test_a_form_is_built(desk, mairie):
    page = desk.page
    desk.open("")
    desk.menu("Formulaires")
    desk.check()
    desk.follow(page.get_by_role("link", name="Ajouter").first)
    page.locator("#id_nom").fill("Inscription à la cantine")
    builder = Builder(desk)
    builder.add("texte", "Nom de l'enfant")
    choice = builder.add("choix", "Quartier")
    choice.locator("[data-role=fr]").first.fill("Bastos")
    choice.locator("[data-geste=option]").click()
    page.keyboard.type("Mokolo")
    card = builder.add("entier", "Nombre d'enfants")
    card.locator("[data-role=affichage]").select_option("afficher_si")
    condition = card.locator(".ec-condition")
    condition.locator("[data-role=question]").select_option("quartier")
    condition.locator("[data-role=operateur]").select_option("parmi")
    condition.get_by_label("Bastos").uncheck()
    condition.get_by_label("Mokolo").check()
    assert builder.keys == ["nom_de_l_enfant", "quartier", "nombre_d_enfants"]
    assert builder.value[2]["afficher_si"] == {"champ": "quartier", "parmi": ["mokolo"]}
    desk.check()
    down = builder.card("nom_de_l_enfant").locator("> .ec-gestes [data-role=descendre]")
    down.focus()
    page.keyboard.press("Enter")
    assert builder.keys == ["quartier", "nom_de_l_enfant", "nombre_d_enfants"]
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert builder.keys[1:] == ["nom_de_l_enfant", "nombre_d_enfants"]

    name = builder.card("nom_de_l_enfant").locator("[data-role=libelle_fr]")
    name.fill("")
    desk.press(SAVE)
    at_fault = builder.cards.nth(1)
    expect(at_fault.locator("> .ec-erreur").first).to_be_visible()
    expect(builder.root.locator(".ec-faute")).to_have_count(1)
    desk.check()
    at_fault.locator("[data-role=libelle_fr]").fill("Nom complet")
    written = builder.value
    desk.press(SAVE)
    desk.check()
    form = Formulaire.objects.get(mairie=mairie)
    assert builder.value == written == form.champs
    desk.press(SAVE)
    form.refresh_from_db()
    assert form.champs == written


def test_the_hours_and_closings_of_a_service(desk, mairie):
    service = ServiceMunicipalFactory(mairie=mairie, nom="État civil")
    page = desk.page
    desk.open("")
    desk.menu("Services municipaux")
    desk.follow(page.get_by_role("link", name="État civil").first)
    week = page.locator("[data-horaires=horaires]")
    monday = week.get_by_role("group", name="Lundi")
    monday.get_by_role("button", name="ajouter des heures").click()
    page.locator("[name=horaires-lundi-0-de]").fill("15:30")
    page.locator("[name=horaires-lundi-0-a]").fill("07:30")
    desk.press(SAVE)
    expect(monday.locator(".horaires-erreur").first).to_be_visible()
    desk.check()
    page.locator("[name=horaires-lundi-0-de]").fill("07:30")
    page.locator("[name=horaires-lundi-0-a]").fill("15:30")
    week.get_by_role("button", name="Copier sur les jours ouvrables").click()
    closings = page.locator("[data-dates=fermetures]")
    closings.locator("[data-geste=ajouter]").click()
    closings.locator("input[type=date]").last.fill("2027-01-01")
    closings.locator("[name$=-motif]").last.fill("Nouvel An")
    desk.check()
    desk.press(SAVE)
    desk.check()
    expect(page.locator("[name=horaires-vendredi-0-a]")).to_have_value("15:30")
    kept = ServiceMunicipal.objects.get(pk=service.pk)
    days = ("lundi", "mardi", "mercredi", "jeudi", "vendredi")
    assert {day for day, hours in kept.horaires.items() if hours} == set(days)
    assert "2027-01-01" in json.dumps(kept.fermetures)


def test_a_rich_text_that_is_only_opened_stays_as_it_is(desk, mairie):
    question = FAQFactory(mairie=mairie, question="Combien ?", reponse=RICH)
    page = desk.page
    desk.open("")
    desk.menu("Questions fréquentes")
    desk.follow(page.get_by_role("link", name="Combien ?"))
    text = page.get_by_role("textbox", name="Réponse")
    expect(text.get_by_role("cell", name="500 F")).to_be_visible()
    desk.check()
    desk.press(SAVE)
    question.refresh_from_db()
    assert question.reponse == RICH
    text.get_by_text("Au guichet.").click()
    page.keyboard.press("End")
    page.keyboard.type(" Ou en ligne.")
    desk.press(SAVE)
    question.refresh_from_db()
    assert question.reponse == RICH.replace("Au guichet.", "Au guichet. Ou en ligne.")


def test_a_place_is_pointed_at(desk):
    page = desk.page
    desk.open("")
    desk.menu("Événements")
    desk.follow(page.get_by_role("link", name="Ajouter").first)
    latitude, longitude = page.locator("#id_latitude"), page.locator("#id_longitude")
    chart = page.get_by_role("application", name="Carte pour montrer le lieu")
    chart.scroll_into_view_if_needed()
    chart.click()
    expect(page.get_by_text("Point choisi : latitude")).to_be_visible()
    assert 1 < float(latitude.input_value()) < 14
    assert 8 < float(longitude.input_value()) < 17
    desk.check()
    page.get_by_role("button", name="Effacer le point").click()
    expect(latitude).to_have_value("")
    page.get_by_role("button", name="Ma position").click()
    refused = "Le navigateur n'a pas donné votre position : montrez le point sur la carte."
    expect(page.get_by_text(refused)).to_be_visible()
    desk.check()


def test_questions_come_in_a_file_and_go_in_one(desk, mairie):
    page = desk.page
    desk.open("")
    desk.menu("Questions fréquentes")
    desk.press("Importer")
    desk.check()
    file = {"name": "faq.csv", "mimeType": "text/csv", "buffer": QUESTIONS.encode()}
    page.get_by_label("Fichier").last.set_input_files(file)
    desk.press("Vérifier le fichier")
    expect(page.get_by_role("row").filter(has_text="Où est la mairie ?")).to_be_visible()
    desk.check()
    assert not FAQ.objects.filter(mairie=mairie).exists()
    desk.press("Importer 2 lignes")
    desk.expect_said("2 lignes importées.")
    desk.check()
    assert FAQ.objects.filter(mairie=mairie).count() == 2
    with page.expect_download() as download:
        page.get_by_role("link", name="Exporter en CSV").click()
    given = download.value
    assert given.suggested_filename == f"faqs-{mairie.slug}-{date.today().isoformat()}.csv"
    assert "Où est la mairie ?" in given.path().read_text("utf-8-sig")
