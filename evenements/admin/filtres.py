"""What the lists of the agenda and of the letters are narrowed by.

What an address says that nobody could have chosen is as if it had not been said, or finds nothing.
"""

import re
from datetime import timedelta

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import DropdownFilter

from ecms.scoping import scoped
from evenements.models import Evenement, Newsletter
from evenements.services.evenements import DUREE_AU_PLUS

# Of the rows that a list may be narrowed to, how many are offered.
OFFERTS = 40
CLE = re.compile(r"[0-9]{1,18}", re.ASCII)


class QuandFilter(admin.SimpleListFilter):
    """What is over, and what is still to come."""

    title = gettext_lazy("moment")
    parameter_name = "quand"

    def lookups(self, request, model_admin):
        return [
            ("a_venir", _("À venir ou en cours")),
            ("semaine", _("Dans les sept jours")),
            ("passes", _("Passés")),
        ]

    def queryset(self, request, queryset):
        maintenant = timezone.now()
        if self.value() == "passes":
            return queryset.filter(fin__lte=maintenant)
        if self.value() not in {"a_venir", "semaine"}:
            return queryset
        # Said twice, so that an index by the beginning leaves the past out.
        reste = queryset.filter(Q(debut__gt=maintenant - DUREE_AU_PLUS), fin__gt=maintenant)
        if self.value() == "semaine":
            return reste.filter(debut__lt=maintenant + timedelta(days=7))
        return reste


class LigneFilter(DropdownFilter):
    """The rows of one parent. The latest ones of the person's own are offered, and the one that an
    address names, if it is theirs."""

    parents: type
    column: str

    def lookups(self, request, model_admin):
        siens = scoped(self.parents._default_manager.all(), request.user)
        offerts = list(self.proposes(siens)[:OFFERTS])
        if (pk := self.pk) and pk not in {row.pk for row in offerts}:
            offerts = [*siens.filter(pk=pk), *offerts]
        return [(str(row.pk), self.libelle(row)) for row in offerts]

    def proposes(self, rows):
        return rows

    def libelle(self, row) -> str:
        return str(row)

    def has_output(self) -> bool:
        # A key that is nobody's narrows a list to nothing; it is not passed over.
        return True

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        return queryset.filter(**{self.column: self.pk}) if self.pk else queryset.none()

    @property
    def pk(self) -> int | None:
        value = self.value() or ""
        return int(value) if CLE.fullmatch(value) else None


class EvenementFilter(LigneFilter):
    title = gettext_lazy("événement")
    parameter_name, column = "evenement", "evenement_id"
    parents = Evenement

    def proposes(self, rows):
        return rows.filter(inscription_requise=True).order_by("-debut", "-pk")

    def libelle(self, row):
        return titre_date(row)


class NewsletterFilter(LigneFilter):
    title = gettext_lazy("newsletter")
    parameter_name, column = "newsletter", "newsletter_id"
    parents = Newsletter

    def proposes(self, rows):
        return rows.exclude(statut="brouillon").defer("contenu")


def titre_date(evenement: Evenement) -> str:
    """An event among others of its name."""
    debut = timezone.localtime(evenement.debut)
    return f"{evenement.titre}, {date_format(debut, 'SHORT_DATETIME_FORMAT')}"
