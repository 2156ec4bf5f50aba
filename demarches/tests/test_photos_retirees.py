"""A photo that the public sees no more leaves the address that it had."""

from pathlib import Path

import pytest
from django.db import transaction
from PIL import Image

from demarches.models import PieceJointe
from demarches.services import signalements as services
from demarches.tests.factories import PieceJointeFactory, SignalementFactory
from ecms.tests.files import files_in

# What is deleted once a transaction is committed needs one that is.
pytestmark = pytest.mark.django_db(transaction=True)


class Refused(Exception):
    pass


@pytest.fixture
def piece(yaounde):
    leak = SignalementFactory(mairie=yaounde)
    return PieceJointeFactory(mairie=yaounde, de_signalement=True, signalement=leak)


def stored() -> PieceJointe:
    return PieceJointe.objects.get()


def content(piece) -> bytes:
    with piece.photo.open() as file:
        return file.read()


def both_widths(piece) -> list[str]:
    return sorted(Path(name).name for name in (piece.photo.name, piece.photo.small_name))


def test_a_hidden_one_moves_and_stays_there_when_it_is_shown(api, awa, piece, settings):
    published, image = files_in(settings.MEDIA_ROOT), content(piece)
    address = f"/api/v1/signalements/{piece.signalement_id}/photos/{piece.pk}"
    told = api(awa).patch(address, {"est_visible": False}).json()
    hidden = stored()
    assert told["photo"].endswith(hidden.photo.url)
    assert files_in(settings.MEDIA_ROOT) == both_widths(hidden)
    assert not set(published) & set(both_widths(hidden))
    assert content(hidden) == image
    with Image.open(hidden.photo.storage.path(hidden.photo.small_name)) as small:
        assert small.size == (40, 30)
    assert api(awa).patch(address, {"est_visible": True}).status_code == 200
    assert files_in(settings.MEDIA_ROOT) == both_widths(stored()) == both_widths(hidden)


def test_hiding_what_is_hidden_moves_nothing(awa, piece):
    services.masquer_photo(piece, est_visible=False, par=awa)
    before = both_widths(stored())
    services.masquer_photo(stored(), est_visible=False, par=awa)
    assert both_widths(stored()) == before
    assert piece.signalement.suivis.count() == 1


def test_those_of_a_rejected_report_move(awa, piece, settings):
    published = files_in(settings.MEDIA_ROOT)
    PieceJointeFactory(
        mairie=piece.mairie, de_signalement=True, signalement=piece.signalement, est_visible=False
    )
    unseen = set(files_in(settings.MEDIA_ROOT)) - set(published)
    services.rejeter(piece.signalement, motif="Hors commune", par=awa)
    after = set(files_in(settings.MEDIA_ROOT))
    assert len(after) == 4
    assert not after & set(published)
    assert unseen < after


@pytest.mark.parametrize(
    "act",
    [
        lambda piece, par: services.masquer_photo(piece, est_visible=False, par=par),
        lambda piece, par: services.rejeter(piece.signalement, motif="Hors commune", par=par),
    ],
)
def test_what_is_rolled_back_leaves_the_photo_where_it_was(awa, piece, settings, monkeypatch, act):
    published = files_in(settings.MEDIA_ROOT)

    def refuse(*args, **kwargs):
        raise Refused

    # The last thing that either does.
    monkeypatch.setattr(services, "_noter_pour_la_mairie", refuse)
    monkeypatch.setattr(services, "prevenir_les_doublons", refuse)
    with pytest.raises(Refused):
        act(piece, awa)
    assert files_in(settings.MEDIA_ROOT) == published == both_widths(stored())
    assert stored().est_visible


def test_the_old_files_live_until_the_commit(awa, piece, settings):
    published = files_in(settings.MEDIA_ROOT)
    with transaction.atomic():
        services.masquer_photo(piece, est_visible=False, par=awa)
        assert set(published) < set(files_in(settings.MEDIA_ROOT))
    assert not set(published) & set(files_in(settings.MEDIA_ROOT))


def test_a_lost_file_is_no_obstacle(awa, piece):
    piece.photo.storage.delete(piece.photo.name)
    services.masquer_photo(piece, est_visible=False, par=awa)
    services.rejeter(piece.signalement, motif="Hors commune", par=awa)
    assert not stored().est_visible
