"""The restoration drill: another database, other folders, a process of its own."""

import json

import pytest
from django.db import connection

from ecms import erasures
from ecms.backups import database, making, manifest
from ecms.mail import queue_mail
from ecms.tests.sauvegardes import KEY, Box, seed_files
from mairies.tests.factories import MairieFactory
from users.models import Session
from users.services import erasure, second_factor
from users.tests.factories import PASSWORD, TokenVerificationFactory, UtilisateurFactory
from users.tests.flows import bearer, post
from users.tests.second_factor import enrol

CHANGED_BY_RESTORING = {
    "django_q_ormq", "ecms_effacement", "ecms_changement", "users_codesecours",
}  # fmt: skip
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def box(tmp_path):
    with Box(tmp_path / "box") as box:
        yield box


def counts_here() -> dict:
    with connection.cursor() as cursor:
        return database.counts(cursor), database.sequences(cursor)


def test_the_drill(settings, tmp_path, box):
    """Encrypted, with an account erased since: counts, sequences and files are equal, then nobody
    is signed in, nothing leaves, and what was erased is erased."""
    settings.BACKUP_KEY = KEY
    MairieFactory(nom="Yaoundé", slug="yaounde")
    UtilisateurFactory(username="nadege", admin_national=True)
    chantal = UtilisateurFactory(username="chantal", email="chantal@exemple.cm")
    partie = UtilisateurFactory(username="partie", email="partie@exemple.cm", first_name="Berthe")
    tokens = post("login", {"username": "chantal", "password": PASSWORD}).json()
    assert bearer(tokens["access"]).get("/api/v1/auth/profile").status_code == 200
    TokenVerificationFactory(utilisateur=chantal, code_otp="123456")
    enrol(chantal)
    used, *_others = second_factor.renew_recovery_codes(chantal)
    queue_mail("users/code", to="chantal@exemple.cm")
    files = seed_files()
    tables, sequences = counts_here()

    made = making.make(tmp_path / "backups")
    assert made.manifest.tables == tables
    assert made.manifest.sequences == {name: [at, at] for name, at in sequences.items()}
    assert made.manifest.stores["media"]["count"] == 2
    assert made.manifest.missing == []
    assert b"Berthe" not in b"".join(part.read_bytes() for part in made.path.iterdir())

    erasure.anonymise(partie)
    second_factor.verify(chantal, used, address="192.0.2.7")
    list_path = tmp_path / "elsewhere.jsonl"
    box.manage("erasures", "--to", list_path, DB_NAME=connection.settings_dict["NAME"])
    said = box.manage("restore", made.path, "--erasures", list_path, key=KEY)

    assert "effacements refaits : 1" in said
    assert box.files() == files
    for name in tables.keys() - CHANGED_BY_RESTORING:
        assert box.rows(f'SELECT count(*) FROM "{name}"') == [(tables[name],)], name
    sql = "SELECT coalesce(last_value, 0) FROM pg_sequences WHERE sequencename = '{}'"
    for name, at in sequences.items():
        ((reached,),) = box.rows(sql.format(name))
        assert reached >= at
    assert box.rows("SELECT count(*) FROM users_session WHERE revoked_at IS NULL") == [(0,)]
    assert box.rows("SELECT count(*) FROM django_session") == [(0,)]
    assert box.rows("SELECT count(*) FROM users_tokenverification WHERE code_otp <> ''") == [(0,)]
    # The one that was used since is not worth anything again.
    assert "codes de secours annulés : 10" in said
    assert box.rows("SELECT count(*) FROM users_codesecours") == [(0,)]
    assert box.rows("SELECT DISTINCT statut, destinataire FROM ecms_courriel") == [("refuse", "")]
    assert box.rows("SELECT count(*) FROM django_q_ormq") == [(0,)]
    assert box.rows("SELECT first_name FROM users_utilisateur WHERE username = 'chantal'") != []
    names = str(box.rows("SELECT to_jsonb(u) FROM users_utilisateur u"))
    assert "Berthe" not in names
    assert "partie" not in names
    # The same token, on the restored database.
    script = (
        "from users.services import sessions\n"
        f"try: sessions.session_of_access('{tokens['access']}'); print('open')\n"
        "except sessions.InvalidToken: print('void')\n"
    )
    assert "void" in box.manage("shell", "-c", script)
    assert Session.objects.filter(revoked_at=None).exists()  # here nothing was ended


def test_a_full_house_is_refused_unless_it_is_meant(tmp_path, box):
    UtilisateurFactory(username="chantal")
    seed_files()
    made = making.make(tmp_path / "backups")
    box.manage("restore", made.path)
    box.rows("UPDATE users_utilisateur SET first_name = 'Changée' RETURNING 1")
    (box.folder / "media" / "nouveau.webp").write_bytes(b"x")

    said = box.manage("restore", made.path, expected=1)
    assert "n'est pas vide" in said
    assert box.rows("SELECT first_name FROM users_utilisateur") == [("Changée",)]

    box.manage("restore", made.path, "--force-nonempty")
    assert box.rows("SELECT first_name FROM users_utilisateur") != [("Changée",)]
    assert "media/nouveau.webp" not in box.files()
    # What was replaced is still there for whoever regrets it.
    assert list((box.folder / "media").glob(".avant-*/nouveau.webp"))


def test_what_the_database_still_knows_is_erased_again(tmp_path, box):
    """No file of the list at all: the database that is replaced is asked first."""
    chantal = UtilisateurFactory(username="chantal", first_name="Chantal-C")
    made = making.make(tmp_path / "backups")
    box.manage("restore", made.path)
    script = (
        "from users.models import Utilisateur; from users.services import erasure\n"
        f"erasure.anonymise(Utilisateur.objects.get(pk={chantal.pk}))"
    )
    box.manage("shell", "-c", script)
    said = box.manage("restore", made.path, "--force-nonempty")
    assert "effacements refaits : 1" in said
    assert box.rows("SELECT first_name FROM users_utilisateur") == [("",)]
    assert str(chantal.pk) in (tmp_path / "backups" / erasures.FILE).read_text()


def test_a_failure_in_the_middle_changes_nothing(tmp_path, box):
    """Somebody else's function of a name of ours: the load fails, the transaction is taken back."""
    UtilisateurFactory(username="chantal")
    made = making.make(tmp_path / "backups")
    box.rows(
        "CREATE SCHEMA autre; CREATE FUNCTION public.sans_accents(text) RETURNS text"
        " LANGUAGE sql AS 'SELECT $1'; SELECT 1"
    )
    said = box.manage("restore", made.path, expected=1)
    assert "psql a échoué" in said
    assert "sans_accents" in said
    assert box.rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]
    assert box.files() == {}


def test_newer_than_the_code_is_refused(tmp_path, box):
    UtilisateurFactory()
    made = making.make(tmp_path / "backups")
    path = made.path / manifest.NAME
    body = json.loads(path.read_text())
    body["migrations"]["users"] = "0099_demain"
    path.write_text(json.dumps(body))
    said = box.manage("restore", made.path, expected=1)
    assert "users.0099_demain" in said
    assert box.rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_older_than_the_code_is_migrated(tmp_path, box):
    made = making.make(tmp_path / "backups")
    box.manage("restore", made.path)
    box.manage("migrate", "ecms", "0003")
    older = box.manage("backup", "--to", tmp_path / "older")
    (path,) = (tmp_path / "older").glob("ecms-*")
    assert "lignes" in older
    box.manage("restore", path, "--force-nonempty")
    assert box.rows("SELECT count(*) FROM ecms_effacement") == [(0,)]


def test_a_damaged_backup_touches_nothing(settings, tmp_path, box):
    settings.BACKUP_KEY = KEY
    seed_files()
    made = making.make(tmp_path / "backups")
    part = made.path / "private.tar"
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(content)
    assert "private.tar" in box.manage("restore", made.path, key=KEY, expected=2)
    assert "pas la clé" in box.manage("restore", made.path, key=KEY + "!", expected=1)
    assert "BACKUP_KEY" in box.manage("restore", made.path, expected=1)
    assert box.rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]
    assert box.files() == {}
