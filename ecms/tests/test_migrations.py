"""Migrations may be applied while people are served: no statement of theirs is unsafe then."""

import pytest
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader

from ecms.db.unsafe import unsafe

OURS = {path.parent.parent.name for path in settings.BASE_DIR.glob("*/migrations/0001_*.py")}
# The last ones that nobody has applied to a database that people use: the first release has them.
BEFORE_THE_FIRST_RELEASE = {
    "demarches": "0005_listes_de_l_admin",
    "documents": "0005_listes_de_l_admin",
    "ecms": "0006_effacement",
    "evenements": "0006_listes_de_l_admin",
    "mairies": "0002_signalements_et_rendez_vous",
    "projets": "0003_documents",
    "users": "0008_listes_de_l_admin",
}
# (app, name) -> why what is said of it is no harm.
KNOWN_HARMLESS: dict[tuple[str, str], str] = {}


@pytest.fixture
def loader(db):
    return MigrationLoader(connection)


# An index beside the writers is not told within a transaction.
@pytest.mark.django_db(transaction=True)
def test_those_since_the_first_release_are_safe(loader):
    assert set(BEFORE_THE_FIRST_RELEASE) == OURS
    since = {
        key: migration
        for key, migration in loader.graph.nodes.items()
        if key[0] in OURS and key[1] > BEFORE_THE_FIRST_RELEASE[key[0]]
    }
    said = {key: unsafe(loader, since[key]) for key in set(since) - set(KNOWN_HARMLESS)}
    assert not {key: reasons for key, reasons in said.items() if reasons}


def judged(loader, *operations, atomic: bool = True) -> list[str]:
    """What is said of a migration with these operations, after all others of `documents`."""
    key, (last,) = ("documents", "9999_essai"), loader.graph.leaf_nodes("documents")
    migration = migrations.Migration(key[1], key[0])
    migration.operations, migration.dependencies = list(operations), [last]
    migration.atomic = atomic
    loader.graph.add_node(key, migration)
    loader.graph.add_dependency(migration, key, last)
    return unsafe(loader, migration)


INDEX = models.Index(fields=["contenu"], name="essai")
POSITIVE = models.CheckConstraint(condition=models.Q(nombre_vues__gte=0), name="essai")


@pytest.mark.parametrize(
    "operation",
    [
        migrations.DeleteModel("faq"),
        migrations.RenameModel("faq", "question"),
        migrations.RenameField("faq", "question", "intitule"),
        migrations.RemoveField("faq", "ordre"),
        migrations.AddField("actualite", "lu", models.BooleanField(default=False)),
        migrations.AlterField("faq", "question", models.CharField(max_length=50)),
        migrations.AddIndex("actualite", INDEX),
        migrations.AddConstraint("actualite", POSITIVE),
        migrations.RemoveIndex("actualite", "documents_actualite_liste"),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_what_people_would_notice_is_told(loader, operation):
    assert len(judged(loader, operation)) >= 1


def test_rows_are_moved_apart_from_what_locks_their_table(loader):
    added = migrations.AddField("actualite", "lu", models.BooleanField(null=True))
    assert judged(loader, added, migrations.RunPython(migrations.RunPython.noop))


def test_rows_that_are_moved_apart_are_safe(loader):
    assert not judged(loader, migrations.RunPython(migrations.RunPython.noop))


def test_what_adds_is_safe(loader):
    assert not judged(
        loader,
        migrations.AddField("actualite", "lu", models.BooleanField(null=True)),
        migrations.AddField("actualite", "vu", models.BooleanField(db_default=False)),
        migrations.CreateModel(
            "Etiquette",
            fields=[("id", models.BigAutoField(primary_key=True)), ("nom", models.TextField())],
            options={"indexes": [models.Index(fields=["nom"], name="etiquette_nom")]},
        ),
        AddConstraintNotValid("actualite", POSITIVE),
    )


@pytest.mark.django_db(transaction=True)
def test_an_index_beside_the_writers_is_safe():
    loader = MigrationLoader(connection)
    assert not judged(loader, AddIndexConcurrently("actualite", INDEX), atomic=False)
