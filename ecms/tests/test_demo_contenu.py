"""What the demo shows: it is loaded once, and looked at."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from django_q.models import OrmQ
from jsonschema import Draft202012Validator
from PIL import Image

from demarches.definition import schema_json
from demarches.models import DemarcheAdministrative, Formulaire
from demarches.workflow import StatutDemarche
from documents.menu import menu_de
from documents.models import Actualite, PageCMS
from ecms.mail import TASK
from ecms.management.demo.accounts import DEMO_PASSWORD, tableau
from ecms.management.demo.actualites import ACTUALITES
from ecms.management.demo.chargement import charger_demo
from ecms.management.demo.formulaires import FORMULAIRES
from ecms.management.demo.mairies import MAIRIES, SUSPENDUE
from ecms.models import Courriel
from ecms.tests.test_seed_demo import MODELS
from evenements.models import (
    AbonneNewsletter,
    EnvoiNewsletter,
    Evenement,
    InscriptionEvenement,
    Newsletter,
)
from evenements.workflow import StatutEvenement, StatutNewsletter
from mairies.models import DemandeCreationSite, Mairie
from mairies.workflow import StatutMairie
from projets.models import Projet
from projets.workflow import FINIS

Utilisateur = get_user_model()


@pytest.fixture(scope="module")
def _loaded(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo in a transaction around the tests of this file, with its files."""
    files = tmp_path_factory.mktemp("demo")
    roots = {"MEDIA_ROOT": files / "media", "PRIVATE_ROOT": files / "private"}
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    changed = override_settings(DEMO=True, PASSWORD_HASHERS=hashers, **roots)
    with django_db_blocker.unblock(), changed, transaction.atomic():
        charger_demo()
        yield roots
        transaction.set_rollback(True)


@pytest.fixture
def seeded(_loaded, db, settings):
    settings.DEMO = True
    settings.MEDIA_ROOT, settings.PRIVATE_ROOT = _loaded["MEDIA_ROOT"], _loaded["PRIVATE_ROOT"]


def test_three_towns_of_three_regions_are_open(seeded):
    active = Mairie.objects.filter(statut=StatutMairie.ACTIVE)
    assert set(active.values_list("slug", flat=True)) == {town.slug for town in MAIRIES}
    assert active.values("region").distinct().order_by().count() == 3
    assert Mairie.objects.get(slug=SUSPENDUE).statut == StatutMairie.SUSPENDUE
    # Two requests that the national administrator may decide.
    assert set(DemandeCreationSite.objects.values_list("mairie__statut", flat=True)) == {
        StatutMairie.NON_ACTIVEE
    }


def test_every_town_has_news_to_read_and_some_that_are_not_public(seeded):
    public = Actualite.objects.visible_to_public()
    for town in MAIRIES:
        shown = public.filter(mairie__slug=town.slug)
        assert shown.count() == len(ACTUALITES) - 3
        assert shown.filter(epinglee=True).count() == 2
        assert shown.exclude(image="").count() >= 5
    assert set(public.values_list("categorie", flat=True)) >= set(Actualite.Categorie.values) - {
        "nouvelle"
    }
    now = timezone.now()
    assert Actualite.objects.filter(statut="brouillon").count() == len(MAIRIES)
    assert Actualite.objects.filter(date_publication__gt=now).count() == len(MAIRIES)
    assert Actualite.objects.filter(date_expiration__lt=now).count() == len(MAIRIES)
    assert not public.filter(mairie__slug=SUSPENDUE).exists()


def test_every_mairie_has_its_menu_and_its_questions(seeded):
    for town in MAIRIES:
        mairie = Mairie.objects.get(slug=town.slug)
        menu = {entry.titre: len(entry.enfants) for entry in menu_de(mairie)}
        assert menu == {"Présentation de la commune": 0, "État civil": 3, "Contact": 0}
        assert mairie.faqs.filter(est_active=True).count() == 6
        assert not any(set("{}") & set(page.contenu) for page in mairie.pages.all())
    assert PageCMS.objects.filter(statut="brouillon").count() == len(MAIRIES)


def test_every_town_offers_the_national_catalogue(seeded):
    usual = set(Formulaire.Type.values) - {"contact", "reclamation", "autre"}
    for town in MAIRIES:
        offered = Formulaire.objects.visible_to_public().filter(mairie__slug=town.slug)
        assert set(offered.values_list("type", flat=True)) == usual
        # Each is answered by a desk of the same mairie.
        assert set(offered.values_list("service__mairie__slug", flat=True)) == {town.slug}
        assert offered.get(nom="Déclaration de naissance").en_ligne is False
        assert set(offered.filter(type__startswith="acte_").values_list("cout_xaf")) == {(0,)}


def test_the_catalogue_can_be_filled_in_two_languages():
    for demo in FORMULAIRES:
        for langue in ("fr", "en"):
            Draft202012Validator.check_schema(schema_json(demo.champs, langue))
        for words in _words([*demo.champs, *demo.pieces]):
            assert set(words) == {"fr", "en"}


def _words(definition):
    """Every text for people of a definition, at any depth."""
    for item in definition:
        yield from (item[name] for name in ("libelle", "aide") if name in item)
        yield from _words([*item.get("options", []), *item.get("champs", [])])


def test_every_town_has_projects_at_every_stage(seeded):
    for town in MAIRIES:
        own = Projet.objects.filter(mairie__slug=town.slug)
        assert set(own.values_list("statut", flat=True)) == {"planifie", "en_cours", "termine"}
        assert own.filter(est_public=False).count() == 1
        late = own.get(statut="en_cours")
        assert late.en_retard
        assert late.depassement_xaf > 0
    for projet in Projet.objects.all():
        latest = projet.mises_a_jour.first()
        told = (latest.avancement, latest.depense_xaf) if latest else (0, 0)
        assert (projet.avancement, projet.depense_xaf) == told
        assert (projet.date_fin_reelle is not None) == (projet.statut in FINIS)
        assert not set("{}") & set(projet.titre + projet.description + projet.lieu)


def test_every_town_has_dossiers_in_every_state(seeded):
    for town in MAIRIES:
        own = DemarcheAdministrative.objects.filter(mairie__slug=town.slug)
        assert set(own.values_list("statut", flat=True)) == set(StatutDemarche.values)
        assert sum(dossier.est_en_retard for dossier in own) == 1
        assert set(own.values_list("canal", flat=True)) == {"en_ligne", "guichet"}
        taken = own.exclude(agent_traitant=None)
        assert set(taken.values_list("agent_traitant__username", flat=True)) == {
            f"agent.{town.slug}"
        }
        for filed in own.filter(canal="en_ligne", date_depot__isnull=False):
            asked = [each["cle"] for each in filed.pieces_requises if each["obligatoire"]]
            given = set(filed.pieces.values_list("champ", flat=True))
            assert given >= {each for each in asked if each != "original"}


def test_what_befell_a_dossier_is_told_on_its_day(seeded):
    for dossier in DemarcheAdministrative.objects.exclude(date_depot=None):
        told = list(dossier.suivis.order_by("pk").values_list("date_creation", flat=True))
        assert told == sorted(told)
        assert told[0] == dossier.date_depot
        assert timezone.localtime(dossier.date_depot).date() <= dossier.echeance
        if dossier.date_cloture:
            assert told[-1] == dossier.date_cloture


def test_no_task_waits_for_a_mail_that_is_not_there(seeded):
    waiting = [task.args() for task in OrmQ.objects.all() if task.func() == TASK]
    mails = Courriel.objects.values_list("pk", flat=True)
    assert sorted(waiting) == [(pk,) for pk in sorted(mails)]


def test_letters_are_sent_planned_and_written(seeded):
    for town in MAIRIES:
        own = Newsletter.objects.filter(mairie__slug=town.slug)
        assert sorted(own.values_list("statut", flat=True)) == ["brouillon", "envoyee", "planifiee"]
        sent = own.get(statut=StatutNewsletter.ENVOYEE)
        assert set(sent.envois.values_list("statut", flat=True)) == {"envoye"}
        assert own.get(statut=StatutNewsletter.PLANIFIEE).date_envoi > timezone.now()
    addresses = AbonneNewsletter.objects.values_list("email", flat=True)
    assert all(address.endswith(".example") for address in addresses)
    assert not EnvoiNewsletter.objects.filter(statut="a_envoyer").exists()


def test_every_row_is_what_a_form_would_accept(seeded):
    for model in MODELS:
        for row in model.objects.all():
            row.full_clean()
    for news in Actualite.objects.all():
        assert not set("{}") & set(news.titre + news.resume + news.contenu)


def test_pictures_are_re_encoded_in_two_widths(seeded):
    file = Actualite.objects.exclude(image="").first().image
    with file.storage.open(file.name) as large, file.storage.open(file.small_name) as small:
        assert (Image.open(large).format, Image.open(small).width) == ("WEBP", 480)


def test_proofs_are_real_and_small_pdfs(seeded):
    for request in DemandeCreationSite.objects.all():
        with request.justificatif.open() as file:
            content = file.read()
        assert content.startswith(b"%PDF-")
        assert content.rstrip().endswith(b"%%EOF")
        assert len(content) < 100_000


def test_accounts_work_at_once_and_reach_no_mailbox(seeded):
    for account in Utilisateur.objects.all():
        assert account.check_password(DEMO_PASSWORD)
        validate_password(DEMO_PASSWORD, account)
        assert account.is_verified
        assert account.email.endswith(".example")
    assert Utilisateur.objects.get(is_superuser=True).username == "admin"
    assert all(mail.destinataire.endswith(".example") for mail in Courriel.objects.all())


def test_agents_hold_the_rights_of_their_groups(seeded):
    agent = Utilisateur.objects.get(username="agent.yaounde-1er")
    writer = Utilisateur.objects.get(username="contenu.yaounde-1er")
    assert agent.mairie_agent.slug == writer.mairie_agent.slug == "yaounde-1er"
    assert agent.has_perm("mairies.change_mairie")
    assert not writer.has_perm("mairies.change_mairie")
    assert writer.has_perm("documents.add_actualite")


def test_the_printed_accounts_are_those_that_exist(seeded):
    assert DEMO_PASSWORD in tableau()
    for username in Utilisateur.objects.values_list("username", flat=True):
        assert f"  {username} " in tableau()


def test_the_agenda_has_every_state_a_series_and_a_waiting_list(seeded):
    assert set(Evenement.objects.values_list("statut", flat=True)) == set(StatutEvenement)
    assert Evenement.objects.filter(serie__isnull=False).count() == 15 * len(MAIRIES)
    statuts = set(InscriptionEvenement.objects.values_list("statut", flat=True))
    assert statuts == {"confirmee", "en_attente"}
    assert Evenement.objects.filter(date_a_confirmer=True).count() == len(MAIRIES)
