"""The acts of those who keep the questions."""

from django.db import transaction

from documents.models import FAQ


@transaction.atomic
def afficher_faq(faq: FAQ, *, est_active: bool) -> FAQ:
    """Show a question to everybody, or put it away."""
    kept = FAQ.objects.select_for_update(no_key=True).get(pk=faq.pk)
    kept.est_active = est_active
    kept.save()
    return kept
