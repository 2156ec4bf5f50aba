"""What leaves, when, and what becomes of it: over a real wire, to a server of our own."""

import socket
from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import Schedule

from ecms.schedules import CLUSTERS
from ecms.tests.together import together
from evenements import tasks
from evenements.mails.newsletters import message_de
from evenements.mails.texte import texte_lisible
from evenements.models import EnvoiNewsletter
from evenements.services import abonnes, envois, newsletters
from evenements.tests.factories import AbonneNewsletterFactory, NewsletterFactory
from evenements.tests.serveur_smtp import ServeurSMTP, free_port, use
from mairies.tests.factories import MairieFactory
from mairies.workflow import StatutMairie


@pytest.fixture
def server(settings):
    server = ServeurSMTP().start()
    use(settings, server.port)
    yield server
    server.stop()


@pytest.fixture
def letter(yaounde):
    yaounde.email = "mairie@yaounde.cm"
    yaounde.save()
    return NewsletterFactory(
        mairie=yaounde,
        titre="Marché de Noël",
        contenu='<h2>Samedi</h2><p>Venez <a href="https://marche.cm">au marché</a>.</p>',
    )


def subscribers(mairie, count: int) -> list:
    return AbonneNewsletterFactory.create_batch(count, mairie=mairie)


def states(letter) -> list[str]:
    return list(letter.envois.order_by("pk").values_list("statut", flat=True))


def are_due(letter) -> None:
    letter.envois.update(prochain_essai=timezone.now())


def test_it_works(server, letter):
    people = subscribers(letter.mairie, 3)
    AbonneNewsletterFactory(mairie=letter.mairie, en_attente=True)
    AbonneNewsletterFactory(mairie=MairieFactory())
    newsletters.envoyer(letter)
    tasks.envoyer_newsletters()
    assert server.accepted == {person.email: 1 for person in people}
    assert server.connections == 1
    letter.refresh_from_db()
    assert (letter.statut, states(letter)) == ("envoyee", ["envoye"] * 3)
    tasks.envoyer_newsletters()
    assert server.accepted.total() == 3


def test_what_a_letter_says(server, letter, settings):
    (person,) = subscribers(letter.mairie, 1)
    newsletters.envoyer(letter)
    tasks.envoyer_newsletters()
    (message,) = server.messages
    envoi = EnvoiNewsletter.objects.get()
    leave = f"https://api.ecms.test/api/v1/abonnes/desinscrire/{person.jeton}"
    assert message["Subject"] == "Marché de Noël"
    assert message["From"].addresses[0].display_name == "Yaoundé"
    assert message["From"].addresses[0].addr_spec in settings.DEFAULT_FROM_EMAIL
    assert (message["To"], message["Reply-To"]) == (person.email, "mairie@yaounde.cm")
    assert message["List-Unsubscribe"].strip() == f"<{leave}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "<yaounde.newsletter.api.ecms.test>"
    assert message["Message-ID"] == f"<newsletter-{letter.pk}.{envoi.pk}@api.ecms.test>"
    assert "Auto-Submitted" not in message
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    assert "Venez au marché (https://marche.cm)." in text
    assert leave in text
    assert leave in html
    assert "<h2>Samedi</h2>" in html


def test_the_frame_is_in_the_language_of_the_subscriber(letter):
    french, english = (
        message_de(letter, AbonneNewsletterFactory(mairie=letter.mairie, langue=langue), envoi=1)
        for langue in ("fr", "en")
    )
    assert "Se désabonner" in french.body
    assert '<html lang="en">' in english.alternatives[0][0]
    assert "Venez au marché" in english.body


def test_a_title_adds_no_header(letter):
    letter.titre = "Bonjour\r\nBcc: tous@exemple.cm"
    letter.mairie.nom = 'Yaoundé" <x@y.z>\nBcc: tous@exemple.cm'
    message = message_de(letter, AbonneNewsletterFactory(mairie=letter.mairie), envoi=1).message()
    assert "Bcc" not in message
    assert message["Subject"] == "Bonjour Bcc: tous@exemple.cm"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Un</p><p>Deux<br>Trois</p>", "Un\n\nDeux\nTrois"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ('<p><a href="https://a.cm">https://a.cm</a></p>', "https://a.cm"),
        ('<p><a href="mailto:a@b.cm">Écrire</a></p>', "Écrire (a@b.cm)"),
        ('<p>x<img src="/media/a.webp" alt="Plan"></p>', "x[Plan]"),
        ("<table><tr><td>1</td><td>2</td></tr></table>", "1 2"),
        ("<p>a &amp; b</p>", "a & b"),
    ],
)
def test_the_text_part(html, text):
    assert texte_lisible(html) == text


def test_images_have_their_whole_address(letter):
    letter.contenu = '<p><img src="/media/a.webp" alt="x"></p>'
    message = message_de(letter, AbonneNewsletterFactory(mairie=letter.mairie), envoi=1)
    assert 'src="https://api.ecms.test/media/a.webp"' in message.alternatives[0][0]


def test_a_planned_letter_leaves_in_its_time(server, letter, time_machine):
    subscribers(letter.mairie, 1)
    newsletters.planifier(letter, date_envoi=timezone.now() + timedelta(hours=1))
    tasks.envoyer_newsletters()
    assert server.accepted.total() == 0
    time_machine.move_to(timezone.now() + timedelta(hours=1, minutes=1))
    tasks.envoyer_newsletters()
    assert server.accepted.total() == 1


def test_a_suspended_mairie_sends_nothing(server, letter):
    subscribers(letter.mairie, 1)
    newsletters.envoyer(letter)
    letter.mairie.statut = StatutMairie.SUSPENDUE
    letter.mairie.save()
    tasks.envoyer_newsletters()
    assert server.accepted.total() == 0
    letter.refresh_from_db()
    assert letter.statut == "planifiee"


def test_who_leaves_in_the_middle_gets_nothing_more(server, letter, settings):
    first, second = subscribers(letter.mairie, 2)
    settings.RATES = {**settings.RATES, "newsletter": (1, 3600)}
    newsletters.envoyer(letter)
    tasks.envoyer_newsletters()
    abonnes.desinscrire(second.jeton)
    settings.RATES = {**settings.RATES, "newsletter": (100, 3600)}
    tasks.envoyer_newsletters()
    assert server.accepted == {first.email: 1}
    assert states(letter) == ["envoye", "abandonne"]


def test_no_more_leave_in_an_hour_than_the_provider_takes(server, letter, settings, time_machine):
    time_machine.move_to(timezone.now())
    subscribers(letter.mairie, 5)
    settings.RATES = {**settings.RATES, "newsletter": (2, 3600)}
    newsletters.envoyer(letter)
    tasks.envoyer_newsletters()
    tasks.envoyer_newsletters()
    assert server.accepted.total() == 2
    assert states(letter).count("a_envoyer") == 3
    letter.refresh_from_db()
    assert letter.statut == "en_cours"


def test_a_letter_does_not_wait_for_a_longer_one(server, letter, settings):
    subscribers(letter.mairie, 5)
    short = NewsletterFactory()
    subscribers(short.mairie, 1)
    settings.RATES = {**settings.RATES, "newsletter": (3, 3600)}
    for each in (letter, short):
        newsletters.envoyer(each)
    tasks.envoyer_newsletters()
    assert states(short) == ["envoye"]


def test_a_busy_mailbox_is_tried_later_and_later(server, letter):
    busy, other = subscribers(letter.mairie, 2)
    server.refuse = lambda address: "451 later" if address == busy.email else ""
    newsletters.envoyer(letter)
    waits = []
    for _try in range(9):
        tasks.envoyer_newsletters()
        envoi = letter.envois.get(abonne=busy)
        waits.append(round((envoi.prochain_essai - timezone.now()) / timedelta(minutes=1)))
        are_due(letter)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 120, 120]
    assert server.accepted == {other.email: 1}
    server.refuse = lambda address: ""
    tasks.envoyer_newsletters()
    assert server.accepted == {other.email: 1, busy.email: 1}
    letter.refresh_from_db()
    assert letter.statut == "envoyee"


def test_after_twelve_tries_it_is_given_up(server, letter):
    (busy,) = subscribers(letter.mairie, 1)
    server.refuse = lambda address: "450 later"
    newsletters.envoyer(letter)
    for _try in range(12):
        tasks.envoyer_newsletters()
        are_due(letter)
    assert states(letter) == ["refuse"]
    busy.refresh_from_db()
    assert busy.statut == "confirme"


def test_an_address_that_does_not_exist_is_rejected(server, letter):
    gone, other = subscribers(letter.mairie, 2)
    server.refuse = lambda address: "550 5.1.1 no such user" if address == gone.email else ""
    newsletters.envoyer(letter)
    tasks.envoyer_newsletters()
    assert states(letter) == ["refuse", "envoye"]
    gone.refresh_from_db()
    assert gone.statut == "rejete"
    assert "@" not in letter.envois.get(abonne=gone).derniere_erreur


def test_a_block_list_is_not_the_fault_of_the_address(server, letter):
    (person,) = subscribers(letter.mairie, 1)
    server.refuse = lambda address: "550 5.7.1 blocked"
    newsletters.envoyer(letter)
    tasks.envoyer_newsletters()
    person.refresh_from_db()
    assert (person.statut, states(letter)) == ("confirme", ["a_envoyer"])


def test_a_refused_message_does_not_reject_the_address(server, letter):
    (person,) = subscribers(letter.mairie, 1)
    server.at_data = "554 looks like spam"
    newsletters.envoyer(letter)
    tasks.envoyer_newsletters()
    person.refresh_from_db()
    assert (person.statut, states(letter)) == ("confirme", ["refuse"])


def test_a_server_that_is_down_delays_and_loses_nothing(letter, settings):
    people = subscribers(letter.mairie, 3)
    server = ServeurSMTP()
    use(settings, server.port)
    newsletters.envoyer(letter)
    for _try in range(15):
        tasks.envoyer_newsletters()
    assert set(letter.envois.values_list("statut", "tentatives")) == {("a_envoyer", 0)}
    server.start()
    try:
        tasks.envoyer_newsletters()
    finally:
        server.stop()
    assert server.accepted == {person.email: 1 for person in people}


def test_a_silent_server_counts_against_nobody(letter, settings):
    subscribers(letter.mairie, 3)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(5)
        use(settings, listener.getsockname()[1])
        newsletters.envoyer(letter)
        tasks.envoyer_newsletters()
    assert set(letter.envois.values_list("statut", "tentatives")) == {("a_envoyer", 0)}


def test_a_server_that_never_says_whether_it_took_it_is_not_asked_for_ever(server, letter):
    """Each new try may be one message too many."""
    subscribers(letter.mairie, 1)
    server.at_data_seconds = 1.5
    newsletters.envoyer(letter)
    tasks.envoyer_newsletters()
    assert set(letter.envois.values_list("statut", "tentatives")) == {("a_envoyer", 1)}
    letter.envois.update(tentatives=envois.ESSAIS_MAX - 1)
    are_due(letter)
    tasks.envoyer_newsletters()
    assert states(letter) == ["refuse"]


def test_a_server_that_hangs_up_is_left_alone_for_a_while(server, letter):
    subscribers(letter.mairie, 4)
    server.refuse = lambda address: "421 too many connections"
    newsletters.envoyer(letter)
    tasks.envoyer_newsletters()
    assert server.connections == envois.PANNES_MAX
    assert set(letter.envois.values_list("statut", "tentatives")) == {("a_envoyer", 0)}
    server.refuse = lambda address: ""
    are_due(letter)
    tasks.envoyer_newsletters()
    assert states(letter) == ["envoye"] * 4


def test_what_did_not_leave_costs_nothing_of_the_rate(server, letter, settings):
    subscribers(letter.mairie, 2)
    settings.RATES = {**settings.RATES, "newsletter": (2, 3600)}
    server.refuse = lambda address: "451 later"
    newsletters.envoyer(letter)
    tasks.envoyer_newsletters()
    server.refuse = lambda address: ""
    are_due(letter)
    tasks.envoyer_newsletters()
    assert server.accepted.total() == 2


def test_a_run_ends_in_time(server, letter):
    subscribers(letter.mairie, 2)
    newsletters.envoyer(letter)
    assert envois.tournee(secondes=0) == 0
    assert states(letter) == ["a_envoyer"] * 2


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once(server, letter):
    people = subscribers(letter.mairie, 30)
    newsletters.envoyer(letter)
    together(*[tasks.envoyer_newsletters] * 3)
    tasks.envoyer_newsletters()
    assert server.accepted == {person.email: 1 for person in people}
    letter.refresh_from_db()
    assert letter.statut == "envoyee"


def test_the_mailings_have_their_own_cluster(db):
    clusters = dict(Schedule.objects.exclude(cluster=None).values_list("func", "cluster"))
    assert clusters == CLUSTERS == {"evenements.tasks.envoyer_newsletters": "envois"}


def test_the_demonstration_writes_files(letter, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    people = subscribers(letter.mairie, 2)
    newsletters.envoyer(letter)
    tasks.envoyer_newsletters()
    (written,) = tmp_path.iterdir()
    text = written.read_text()
    assert all(person.email in text for person in people)


def test_nobody_listens_on_the_port_of_nobody(db, letter, settings):
    use(settings, free_port())
    assert envois.tournee() == 0
