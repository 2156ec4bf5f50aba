import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.django_db


def test_the_alphabet_of_the_directory_is_an_index(api):
    call_command("import_collectivites", verbosity=0)
    with CaptureQueriesContext(connection) as queries:
        api().get("/api/v1/mairies")
    (page,) = [q["sql"] for q in queries if q["sql"].endswith("LIMIT 21 OFFSET 0")]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE mairies_mairie")
        cursor.execute(f"EXPLAIN {page}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Scan using mairies_mairie_alphabet" in plan
