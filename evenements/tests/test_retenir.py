"""After a restoration no letter leaves twice."""

from datetime import timedelta

from django.utils import timezone

from evenements.services.newsletters import retenir
from evenements.tests.factories import EnvoiNewsletterFactory, NewsletterFactory
from evenements.workflow import StatutEnvoi, StatutNewsletter


def test_it_works(db):
    now = timezone.now()
    en_route = NewsletterFactory(statut=StatutNewsletter.EN_COURS, date_envoi=now)
    attend = EnvoiNewsletterFactory(newsletter=en_route)
    parti = EnvoiNewsletterFactory(newsletter=en_route, statut=StatutEnvoi.ENVOYE, date_envoi=now)
    passee = NewsletterFactory(
        statut=StatutNewsletter.PLANIFIEE, date_envoi=now - timedelta(hours=1)
    )
    demain = NewsletterFactory(
        statut=StatutNewsletter.PLANIFIEE, date_envoi=now + timedelta(days=1)
    )
    assert retenir() == 2
    for row in (attend, parti, passee, demain):
        row.refresh_from_db()
    assert attend.statut == StatutEnvoi.ABANDONNE
    assert parti.statut == StatutEnvoi.ENVOYE
    assert (passee.statut, passee.date_envoi) == (StatutNewsletter.BROUILLON, None)
    assert demain.statut == StatutNewsletter.PLANIFIEE
    assert retenir() == 0
