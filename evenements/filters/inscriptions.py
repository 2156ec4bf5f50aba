from django.db.models import Count, F, OuterRef, Subquery

from ecms.api.filters import FilterSet, SearchFilter, StableOrderingFilter
from evenements.models import InscriptionEvenement
from evenements.workflow import StatutInscription


class InscriptionFilter(FilterSet):
    search = SearchFilter(["nom", "email", "telephone"])
    ordering = StableOrderingFilter(fields=["date_creation", "nom", "rang"])

    class Meta:
        model = InscriptionEvenement
        fields = ["statut"]


def avec_rang(rows):
    """`rows` with `rang_actuel`: how many wait up to each, and itself."""
    devant = InscriptionEvenement.objects.filter(
        evenement=OuterRef("evenement"),
        statut=StatutInscription.EN_ATTENTE,
        rang__lte=OuterRef("rang"),
    )
    nombre = devant.order_by().values("evenement").annotate(nombre=Count("pk")).values("nombre")
    return rows.annotate(rang_actuel=Subquery(nombre)).order_by(F("date_creation").desc(), "-pk")
