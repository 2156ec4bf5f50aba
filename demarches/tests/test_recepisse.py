"""The receipt: what it says, that it is made once, and who gets it."""

import io
from datetime import UTC, date, datetime, timedelta

import pypdf
import pytest
from django.utils import timezone
from django_q.models import OrmQ

from demarches import recepisse, tasks
from demarches.models import DemarcheAdministrative
from demarches.tests.factories import DemarcheAdministrativeFactory, PieceJointeFactory
from ecms.tests.files import files_in
from ecms.tests.together import together
from users.tests.factories import UtilisateurFactory

pytestmark = pytest.mark.django_db

# Ewondo, Duala, Fulfulde, Ghomala', Bafut: letters and tones that few fonts have.
NOM = "Ngoŋ Ɓɛlɛ́ Ɗɔ̀ŋgə ʼYaayá Nkwɛ̂n Éàîôüç Œ"
PIECES = [
    {"cle": "cni", "libelle": {"fr": "Carte d'identité", "en": "Identity card"}},
    {"cle": "titre", "libelle": {"fr": "Titre foncier", "en": "Land title"}},
    {"cle": "photo", "libelle": {"fr": "Photo facultative"}, "obligatoire": False},
]


@pytest.fixture
def demarche(yaounde, chantal):
    demarche = DemarcheAdministrativeFactory(
        mairie=yaounde,
        demandeur=chantal,
        nom_demandeur=NOM,
        numero_suivi="D-2026-7K3F-9QXM",
        code_suivi="SECRETSECRETSECR",
        date_depot=datetime(2026, 3, 2, 22, 45, tzinfo=UTC),
        echeance=date(2026, 3, 17),
        delai_jours=11,
        cout_xaf=12500,
        pieces_requises=[{"obligatoire": True, "en_ligne": True, **piece} for piece in PIECES],
    )
    demarche.formulaire.nom = "Permis de bâtir"
    demarche.formulaire.base_legale = "Loi n° 2004/003 du 21 avril 2004"
    demarche.formulaire.save()
    PieceJointeFactory(demarche=demarche, mairie=yaounde, champ="cni", nom_original="recto.pdf")
    return demarche


def url(demarche) -> str:
    return f"/api/v1/demarches/{demarche.pk}/recepisse"


def text_of(content: bytes) -> str:
    """What a reader copies out of the file, on one line."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_it_says_what_was_filed(demarche):
    said = text_of(recepisse.composer(demarche))
    for words in (
        "Yaoundé",
        "D-2026-7K3F-9QXM",
        "Permis de bâtir",
        # Half past ten in the evening in UTC is the day's last quarter of an hour in Douala.
        "2 mars 2026 à 23:45",
        "12 500 FCFA (XAF)",
        "11 jours ouvrables",
        "17 mars 2026",
        "Loi n° 2004/003 du 21 avril 2004",
        "Carte d'identité (recto.pdf)",
        "Pièces à apporter – Titre foncier",
        "https://ecms.test/suivi/D-2026-7K3F-9QXM",
    ):
        assert words in said.replace("\u00a0", " "), words
    assert "Photo facultative" not in said


def test_every_letter_is_printed(demarche):
    content = recepisse.composer(demarche)
    assert NOM in text_of(content)
    fonts = [
        str(font["/BaseFont"])
        for page in pypdf.PdfReader(io.BytesIO(content)).pages
        for font in (ref.get_object() for ref in page["/Resources"]["/Font"].values())
    ]
    assert fonts
    assert all("DejaVu" in font for font in fonts)


def test_the_secret_is_not_on_it(demarche):
    content = recepisse.composer(demarche)
    assert "SECRET" not in text_of(content)
    assert "SECR-ETSE" not in text_of(content)


def test_in_english(demarche):
    demarche.langue = "en"
    said = text_of(recepisse.composer(demarche))
    assert "Identity card (recto.pdf)" in said
    assert "2 March 2026" in said


def test_at_the_desk_what_was_shown_is_received_and_nothing_left_to_bring(demarche):
    demarche.canal = DemarcheAdministrative.Canal.GUICHET
    said = text_of(recepisse.composer(demarche)).replace("\u00a0", " ")
    assert "– Titre foncier (original vu au guichet)" in said
    assert "Pièces à apporter" not in said


def test_long_names_and_many_papers_stay_on_the_page(demarche, yaounde):
    demarche.nom_demandeur = "Nkəŋ" * 37
    demarche.formulaire.nom = "Autorisation d'occupation temporaire " * 5
    demarche.formulaire.base_legale = "Décret " * 40
    for n in range(20):
        name = f"{n:02}-" + "ɣ" * 140 + ".pdf"
        PieceJointeFactory(demarche=demarche, mairie=yaounde, nom_original=name, champ="")
    content = recepisse.composer(demarche)
    reader = pypdf.PdfReader(io.BytesIO(content))
    assert len(reader.pages) > 1
    said = text_of(content).replace(" ", "")
    assert "Nkəŋ" * 37 in said
    # A name may go on over the foot of a page.
    assert said.count("ɣ") == 20 * 140
    assert all(f"{n:02}-ɣ" in said for n in range(20))
    assert right_edge(reader) <= float(reader.pages[0].mediabox.width)


def right_edge(reader) -> float:
    """Where the rightmost piece of text begins."""
    found = []
    for page in reader.pages:
        page.extract_text(visitor_text=lambda text, cm, tm, font, size: found.append(tm[4]))
    return max(found)


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_one(demarche, settings):
    before = len(files_in(settings.PRIVATE_ROOT))
    together(*[lambda: tasks.faire_recepisse(demarche.pk)] * 3)
    demarche.refresh_from_db()
    name = demarche.recepisse.name
    tasks.faire_recepisse(demarche.pk)
    demarche.refresh_from_db()
    assert demarche.recepisse.name == name
    assert len(files_in(settings.PRIVATE_ROOT)) == before + 1


def test_none_for_a_draft_nor_for_what_is_gone(demarche):
    draft = DemarcheAdministrativeFactory(mairie=demarche.mairie, brouillon=True)
    DemarcheAdministrative.objects.filter(pk=demarche.pk).update(date_anonymisation=timezone.now())
    for pk in (draft.pk, demarche.pk, 987654321):
        tasks.faire_recepisse(pk)
    assert not DemarcheAdministrative.objects.exclude(recepisse="").exists()


def filed_ago(mairie, **ago) -> DemarcheAdministrative:
    return DemarcheAdministrativeFactory(
        mairie=mairie, date_depot=timezone.now() - timedelta(**ago)
    )


def queued() -> list:
    return [entry.task["args"] for entry in OrmQ.objects.order_by("pk")]


def test_what_was_lost_is_made_later(yaounde):
    lost = filed_ago(yaounde, minutes=6)
    before = filed_ago(yaounde, days=29)
    filed_ago(yaounde, minutes=4)
    filed_ago(yaounde, days=31)
    DemarcheAdministrativeFactory(mairie=yaounde, brouillon=True)
    tasks.faire_recepisse(filed_ago(yaounde, minutes=7).pk)
    forgotten = filed_ago(yaounde, minutes=8)
    rows = DemarcheAdministrative.objects.filter(pk=forgotten.pk)
    rows.update(date_anonymisation=timezone.now())
    tasks.refaire_recepisses()
    assert queued() == [(lost.pk,), (before.pk,)]
    for (pk,) in queued():
        tasks.faire_recepisse(pk)
    OrmQ.objects.all().delete()
    tasks.refaire_recepisses()
    assert queued() == []


def test_not_too_many_at_once_and_the_last_ones_first(yaounde, monkeypatch):
    monkeypatch.setattr(recepisse, "LOT", 2)
    rows = [filed_ago(yaounde, hours=hours) for hours in (3, 1, 2)]
    assert recepisse.manquants() == [rows[1].pk, rows[2].pk]


def test_owner_and_agent_get_it_once_it_is_made(api, awa, chantal, demarche):
    early = api(chantal).get(url(demarche))
    assert (early.status_code, early.json()["code"]) == (409, "recepisse_en_preparation")
    assert early.json()["retry_after"] > 0
    tasks.faire_recepisse(demarche.pk)
    for account in (awa, chantal):
        got = api(account).get(url(demarche))
        assert (got.status_code, got["Content-Type"]) == (200, "application/pdf")
        assert "recepisse-D-2026-7K3F-9QXM.pdf" in got["Content-Disposition"]
        assert got.getvalue().startswith(b"%PDF")


def test_others_do_not(api, brice, demarche):
    tasks.faire_recepisse(demarche.pk)
    for account in (brice, UtilisateurFactory()):
        assert api(account).get(url(demarche)).status_code == 404
        assert api(account).post(f"{url(demarche)}/lien").status_code == 404
    assert api().get(url(demarche)).status_code == 401


def test_a_draft_has_none(api, chantal, yaounde):
    draft = DemarcheAdministrativeFactory(mairie=yaounde, demandeur=chantal, brouillon=True)
    assert api(chantal).get(url(draft)).status_code == 404


def test_by_the_secret_and_a_link(api, demarche):
    tasks.faire_recepisse(demarche.pk)
    assert api().post(f"{url(demarche)}/lien", {"code_suivi": "X" * 16}).status_code == 404
    link = api().post(f"{url(demarche)}/lien", {"code_suivi": demarche.code_suivi}).json()
    path = link["url"].removeprefix("https://api.ecms.test")
    assert api().get(path).getvalue().startswith(b"%PDF")
