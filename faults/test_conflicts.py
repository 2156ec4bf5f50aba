"""Writes that lock the same rows in opposite order: one is rolled back, and done again. R10."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from documents.tests.factories import FAQFactory

UPDATES, PAIRS = 200, 5
# Whoever writes one row of a pair then writes the other, which somebody else did first.
TRIGGER = """
CREATE FUNCTION faults_other() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE documents_faq SET question = question
     WHERE mairie_id = NEW.mairie_id AND ordre = NEW.ordre AND id <> NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER faults_other AFTER UPDATE ON documents_faq
   FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION faults_other();
"""


@pytest.fixture
def _opposite_order(postgres):
    # What a deadlock costs those in it: a second by default.
    postgres.restart(deadlock_timeout="50ms")
    postgres.run(TRIGGER)
    yield
    postgres.run("DROP FUNCTION faults_other CASCADE")
    postgres.restart()


@pytest.mark.usefixtures("_opposite_order")
def test_deadlocks_are_nobodys_fault_and_seen_by_nobody(site, awa, token_of):
    mairie = awa.mairie_agent
    rows = [FAQFactory(mairie=mairie, ordre=n // 2) for n in range(2 * PAIRS)]
    web, token = site.web(WEB_THREADS="3", LOG_LEVEL="INFO"), token_of(awa)

    def update(number: int) -> int:
        row = random.choice(rows)
        body = {"question": f"Question {number} ?"}
        return web.ask("PATCH", f"/api/v1/faqs/{row.pk}", body, token=token).status

    with ThreadPoolExecutor(6) as pool:
        statuses = Counter(pool.map(update, range(UPDATES)))

    conflicts = web.said().count("40P01")
    assert conflicts > 10, "nobody met anybody: this tested nothing"
    assert set(statuses) <= {200, 503}
    # Whoever lost four times is told when to come back.
    assert statuses[503] <= UPDATES // 20
