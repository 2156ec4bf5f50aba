"""What rows of the load are handed out to: the mairies, and what was made for them before."""

from collections import defaultdict
from datetime import datetime, time
from functools import cached_property

from django.utils import timezone

from demarches.models import Formulaire
from ecms.management.load.lignes.communs import PREFIXE
from mairies.models import Mairie, ServiceMunicipal
from users.models import Utilisateur


class Partage:
    """The first `combien` mairies of the load; what belongs to them is read when it is first
    asked for, which is after it was made."""

    def __init__(self, combien: int):
        self.combien = combien

    @cached_property
    def mairies(self) -> list[Mairie]:
        rows = Mairie.objects.filter(slug__startswith=PREFIXE).order_by("slug")
        return list(rows.only("pk", "date_creation", "latitude", "longitude")[: self.combien])

    @cached_property
    def jour(self) -> datetime:
        """The midnight before the first mairie was made: a load that was cut short goes on around
        the same day, so that no appointment meets another."""
        debut = timezone.localdate(self.mairies[0].date_creation)
        return timezone.make_aware(datetime.combine(debut, time()))

    @cached_property
    def services(self) -> dict[int, list[ServiceMunicipal]]:
        """By mairie; the first of each takes appointments."""
        rows = ServiceMunicipal.objects.filter(nom__startswith=PREFIXE)
        return self._par_mairie(rows.only("pk", "mairie_id").order_by("nom"))

    @cached_property
    def formulaires(self) -> dict[int, list[Formulaire]]:
        return self._par_mairie(
            Formulaire.objects.filter(slug__startswith=PREFIXE)
            .only("pk", "mairie_id", "service_id", "cout_xaf", "delai_jours", "necessite_compte")
            .order_by("slug")
        )

    @cached_property
    def citoyens(self) -> list[int]:
        """The keys of their accounts."""
        rows = Utilisateur.objects.filter(username__startswith=PREFIXE, mairie__in=self.mairies)
        return list(rows.order_by("username").values_list("pk", flat=True))

    def _par_mairie(self, rows) -> dict[int, list]:
        par_mairie = defaultdict(list)
        for row in rows.filter(mairie__in=self.mairies):
            par_mairie[row.mairie_id].append(row)
        return par_mairie
