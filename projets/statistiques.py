"""Figures over projects, by the database, in one query."""

from django.db.models import Count, DecimalField, F, Q, Sum
from django.db.models.functions import Cast

from projets.models import ProjetQuerySet
from projets.workflow import Statut

# A budget weighted by a percentage may be more than a bigint holds.
BUDGET = Cast(F("budget_xaf"), DecimalField(max_digits=30, decimal_places=0))


def statistiques(projets: ProjetQuerySet) -> dict:
    """Counts, sums in XAF, and the progress weighted by the budgets, None without budgets.

    What was spent on cancelled projects was spent; the progress leaves them out.
    """
    depasse, poids = ProjetQuerySet.depassement(), Q(budget_xaf__gt=0) & ~Q(statut=Statut.ANNULE)
    found = projets.order_by().aggregate(
        **{f"statut_{statut}": Count("pk", filter=Q(statut=statut)) for statut in Statut},
        nombre=Count("pk"),
        budget=Sum(BUDGET, default=0),
        depense=Sum("depense_xaf", default=0),
        en_retard=Count("pk", filter=ProjetQuerySet.retard()),
        en_depassement=Count("pk", filter=depasse),
        depassement=Sum(F("depense_xaf") - F("budget_xaf"), filter=depasse, default=0),
        fait=Sum(F("avancement") * BUDGET, filter=poids),
        a_faire=Sum(BUDGET, filter=poids),
    )
    avancement = found["a_faire"] and round(float(found["fait"] / found["a_faire"]), 1)
    par_statut = [
        {"statut": s.value, "statut_display": s.label, "nombre": found[f"statut_{s}"]}
        for s in Statut
    ]
    sums = {f"{name}_xaf": found[name] for name in ("budget", "depense", "depassement")}
    return {**found, **sums, "avancement": avancement, "par_statut": par_statut}
