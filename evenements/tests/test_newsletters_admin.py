"""Letters and subscribers at the desk."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from evenements.models import AbonneNewsletter, EnvoiNewsletter, Newsletter
from evenements.tests.agenda import compter, dans
from evenements.tests.factories import (
    AbonneNewsletterFactory,
    EnvoiNewsletterFactory,
    NewsletterFactory,
)

pytestmark = pytest.mark.django_db
LISTE = reverse("admin:evenements_newsletter_changelist")
AJOUT = reverse("admin:evenements_newsletter_add")
ENVOIS = reverse("admin:evenements_envoinewsletter_changelist")
ABONNES = reverse("admin:evenements_abonnenewsletter_changelist")


@pytest.fixture
def desk(client, awa):
    awa.email, awa.is_verified = "awa@exemple.cm", True
    awa.save()
    client.force_login(awa)
    return client


def adresse(row, etape: str = "") -> str:
    base = reverse(f"admin:evenements_{row._meta.model_name}_change", args=[row.pk])
    return base.replace("change/", f"etape/{etape}/") if etape else base


def apercu(row) -> str:
    return adresse(row).replace("change/", "apercu/")


def etapes(client, row) -> list[str]:
    return [step.name for step in client.get(adresse(row)).context["steps"]]


def test_a_draft_is_written(desk, awa):
    answer = desk.post(AJOUT, {"titre": "Mai", "contenu": "<p>Mai</p><script>x()</script>"})
    assert answer.status_code == 302, answer.content
    lettre = Newsletter.objects.get()
    assert (lettre.auteur, lettre.statut, lettre.contenu) == (awa, "brouillon", "<p>Mai</p>")


def test_she_sends_it_to_herself(desk, yaounde, mailbox):
    lettre = NewsletterFactory(mairie=yaounde, titre="Mai")
    AbonneNewsletterFactory(mairie=yaounde)
    assert desk.post(adresse(lettre, "essai")).status_code == 302
    (mail,) = mailbox()
    assert (mail.to, "Mai" in mail.subject) == (["awa@exemple.cm"], True)
    lettre.refresh_from_db()
    assert lettre.statut == "brouillon"


def test_trials_are_limited(desk, yaounde, settings, mailbox):
    settings.RATES = {**settings.RATES, "message": (1, 3600)}
    lettre = NewsletterFactory(mairie=yaounde)
    for _twice in range(2):
        answer = desk.post(adresse(lettre, "essai"), follow=True)
    assert "trop d'essais" in str(list(answer.context["messages"]))
    assert len(mailbox()) == 1


def test_it_is_planned_taken_back_and_sent(desk, yaounde):
    lettre = NewsletterFactory(mairie=yaounde)
    AbonneNewsletterFactory.create_batch(3, mairie=yaounde)
    AbonneNewsletterFactory(mairie=yaounde, en_attente=True)
    assert etapes(desk, lettre) == ["essai", "planifier", "envoyer"]
    quand = {"date_envoi_0": dans(3).isoformat(), "date_envoi_1": "08:00"}
    desk.post(adresse(lettre, "planifier"), quand)
    lettre.refresh_from_db()
    envoi = timezone.localtime(lettre.date_envoi)
    assert (lettre.statut, envoi.date(), envoi.hour) == ("planifiee", dans(3), 8)
    assert etapes(desk, lettre) == ["essai", "planifier", "envoyer", "deplanifier"]
    desk.post(adresse(lettre, "deplanifier"))
    lettre.refresh_from_db()
    assert lettre.statut == "brouillon"
    page = desk.get(adresse(lettre, "envoyer"))
    assert "3 abonnés confirmés" in page.content.decode()
    assert "confirmer" in desk.post(adresse(lettre, "envoyer")).context["form"].errors
    desk.post(adresse(lettre, "envoyer"), {"confirmer": "on"})
    lettre.refresh_from_db()
    assert (lettre.statut, lettre.date_envoi <= timezone.now()) == ("planifiee", True)


@pytest.mark.parametrize(
    "quand", [("0001-01-01", "00:00"), ("2020-01-01", "08:00"), ("", ""), ("\x00", "25:99")]
)
def test_a_date_that_cannot_be_is_asked_again(desk, yaounde, quand):
    lettre = NewsletterFactory(mairie=yaounde)
    body = {"date_envoi_0": quand[0], "date_envoi_1": quand[1]}
    answer = desk.post(adresse(lettre, "planifier"), body)
    assert answer.context["form"].errors["date_envoi"]
    lettre.refresh_from_db()
    assert lettre.statut == "brouillon"


def test_a_letter_is_looked_at_as_it_leaves(desk, yaounde, settings):
    lettre = NewsletterFactory(mairie=yaounde, contenu="<p>Bonjour <strong>à tous</strong></p>")
    page = desk.get(apercu(lettre))
    assert "Bonjour <strong>à tous</strong>" in page.content.decode()
    assert "/abonnes/desinscrire/apercu" in page.content.decode()
    policy = page["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    assert apercu(lettre) in desk.get(adresse(lettre)).content.decode()


def test_the_progress_is_counted(desk, yaounde, django_assert_max_num_queries):
    lettre = NewsletterFactory(mairie=yaounde, statut="en_cours", date_envoi=timezone.now())
    EnvoiNewsletterFactory.create_batch(2, newsletter=lettre, statut="a_envoyer")
    EnvoiNewsletterFactory(newsletter=lettre, statut="envoye", date_envoi=timezone.now())
    EnvoiNewsletterFactory(newsletter=lettre, statut="refuse")
    desk.get(adresse(lettre))
    with django_assert_max_num_queries(12):
        page = desk.get(adresse(lettre)).content.decode()
    assert "50 % : 1 envoyés, 2 à envoyer, 1 refusés" in page
    assert etapes(desk, lettre) == ["essai"]
    assert desk.get(f"{ENVOIS}?newsletter={lettre.pk}").context["cl"].result_count == 4
    assert desk.get(f"{ENVOIS}?newsletter=x").context["cl"].result_count == 0


@pytest.mark.parametrize("name", ["essai", "planifier", "envoyer", "deplanifier"])
def test_nobody_else_takes_a_step(desk, douala, mailbox, name):
    lettre = NewsletterFactory(
        mairie=douala, statut="planifiee", date_envoi=timezone.now() + timedelta(days=1)
    )
    EnvoiNewsletterFactory(newsletter=lettre)
    before = lettre.date_envoi
    quand = {"date_envoi_0": dans(3).isoformat(), "date_envoi_1": "08:00", "confirmer": "on"}
    for answer in (
        desk.get(adresse(lettre, name)),
        desk.post(adresse(lettre, name), quand),
        desk.get(adresse(lettre)),
        desk.get(apercu(lettre)),
    ):
        assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    desk.post(LISTE, {"action": name, "_selected_action": [lettre.pk], "_step": "1", **quand})
    page = desk.get(f"{ENVOIS}?newsletter={lettre.pk}")
    assert page.context["cl"].result_count == 0
    assert lettre.titre not in page.content.decode()
    lettre.refresh_from_db()
    assert (lettre.statut, lettre.date_envoi, mailbox()) == ("planifiee", before, [])


@pytest.mark.parametrize("pk", ["0", "9" * 30])
def test_what_is_not_there_has_no_preview(desk, pk):
    assert desk.get(f"{LISTE}{pk}/apercu/").status_code == 302


def test_a_subscriber_at_the_desk_is_asked_by_mail(desk, mailbox):
    body = {"email": "Vieux@Exemple.cm", "nom": "Vieux", "langue": "fr"}
    for _twice in range(2):
        answer = desk.post(reverse("admin:evenements_abonnenewsletter_add"), body)
        assert answer.status_code == 302, answer.content
    abonne = AbonneNewsletter.objects.get()
    assert (abonne.email, abonne.statut) == ("vieux@exemple.cm", "en_attente")
    assert len(mailbox()) == 1
    assert etapes(desk, abonne) == ["redemander", "desinscrire"]
    sent = {"action": "desinscrire", "_selected_action": [abonne.pk], "_step": "1"}
    desk.post(ABONNES, sent)
    abonne.refresh_from_db()
    assert abonne.statut == "desinscrit"
    assert etapes(desk, abonne) == []


def test_who_left_is_not_asked_again(desk, yaounde, mailbox):
    parti = AbonneNewsletterFactory(mairie=yaounde, statut="desinscrit")
    confirme = AbonneNewsletterFactory(mairie=yaounde)
    keys = [parti.pk, confirme.pk]
    desk.post(ABONNES, {"action": "redemander", "_selected_action": keys, "_step": "1"})
    assert list(AbonneNewsletter.objects.order_by("pk").values_list("statut", flat=True)) == [
        "desinscrit",
        "confirme",
    ]
    assert mailbox() == []


@pytest.mark.parametrize("name", ["redemander", "desinscrire"])
def test_subscribers_of_others_are_left_alone(desk, douala, name):
    abonne = AbonneNewsletterFactory(mairie=douala, en_attente=True)
    before = abonne.date_modification
    for answer in (desk.get(adresse(abonne)), desk.post(adresse(abonne, name))):
        assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    desk.post(ABONNES, {"action": name, "_selected_action": [abonne.pk], "_step": "1"})
    abonne.refresh_from_db()
    assert (abonne.statut, abonne.date_modification) == ("en_attente", before)


@pytest.mark.parametrize(
    ("liste", "factory", "chez"),
    [
        (LISTE, NewsletterFactory, "mairie"),
        (ABONNES, AbonneNewsletterFactory, "mairie"),
        (ENVOIS, EnvoiNewsletterFactory, "newsletter__mairie"),
    ],
)
def test_lists_ask_as_often_for_any_number_of_rows(desk, yaounde, liste, factory, chez):
    asked = []
    for rows in (5, 25):
        factory.create_batch(rows, **{chez: yaounde})
        asked.append(compter(desk, liste))
    assert asked[0] == asked[1] <= 12


def test_a_secret_is_not_guessed_through_the_address(desk, yaounde):
    abonne = AbonneNewsletterFactory(mairie=yaounde)
    for listing, lookup in ((ABONNES, "jeton"), (ENVOIS, "abonne__jeton")):
        assert desk.get(f"{listing}?{lookup}__startswith={abonne.jeton[:3]}").status_code != 200
    assert EnvoiNewsletter.objects.count() == 0
