import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from users.models import TokenVerification, Utilisateur

DOCUMENTED = [
    "0001_initial",
    "0002_utilisateur_email_verifie_tokenverification",
    "0003_remove_citoyen_role",
    "0004_add_otp_fields",
    "0005_utilisateur_avatar_url_utilisateur_first_name_and_more",
]
COLUMNS = {
    "id", "password", "last_login", "is_superuser", "username", "first_name", "last_name", "email",
    "is_staff", "is_active", "date_joined", "avatar_url", "is_verified", "email_verifie",
    "role_user", "date_creation", "date_modification", "mairie_id", "telephone",
    "telephone_verifie", "adresse", "date_naissance", "langue", "notifications_email",
    "notifications_sms", "lieu_naissance", "consentement_le",
}  # fmt: skip


def test_the_documented_ones_have_their_names_and_order():
    loader = MigrationLoader(None)
    mine = sorted(name for app, name in loader.disk_migrations if app == "users")
    assert mine[:5] == DOCUMENTED
    first = loader.disk_migrations["users", "0001_initial"]
    assert not {app for app, _name in first.dependencies} & {"mairies"}


def test_an_account_has_its_27_columns():
    assert {field.column for field in Utilisateur._meta.concrete_fields} == COLUMNS
    assert len(COLUMNS) == 27


def test_a_code_has_its_columns():
    assert {field.column for field in TokenVerification._meta.concrete_fields} == {
        "id", "utilisateur_id", "type_token", "code_otp", "is_used", "expire_at", "date_creation",
        "tentatives", "adresse",
    }  # fmt: skip


def test_nothing_is_missing(db):
    call_command("makemigrations", "users", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_rows_from_before_come_along():
    """An account of the first days ends with its role and its verification where they belong."""
    try:
        old = _at("0002_utilisateur_email_verifie_tokenverification")
        row = old.get_model("users", "Utilisateur").objects.create(
            username="ancienne", role="agent", email_verifie=True
        )
        old.get_model("users", "TokenVerification").objects.create(utilisateur=row)
        new = _at(DOCUMENTED[-1])
        moved = new.get_model("users", "Utilisateur").objects.get(pk=row.pk)
        assert (moved.role_user, moved.is_verified, moved.first_name) == ("AGENT", True, "")
        token = new.get_model("users", "TokenVerification").objects.get()
        assert (token.code_otp, token.type_token) == ("", "EMAIL_VERIFICATION_OTP")
    finally:
        _latest()


def _at(name: str):
    executor = MigrationExecutor(connection)
    executor.migrate([("users", name)])
    return MigrationExecutor(connection).loader.project_state([("users", name)]).apps


def _latest() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
