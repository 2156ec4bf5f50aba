import re
from datetime import UTC, date, datetime

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ecms.api.filters import (
    BooleanFilter,
    FilterSet,
    FullTextFilter,
    StableOrderingFilter,
    mairie_filter,
)
from evenements.models import Evenement
from evenements.recurrences import minuit
from evenements.services.evenements import DUREE_AU_PLUS

PLUS_TOT, PLUS_TARD = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
MOIS = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII)


class MomentField(forms.Field):
    """A moment (ISO 8601), or a day: its first moment in Africa/Douala."""

    def to_python(self, value):
        if not value:
            return None
        moment = _lu(value)
        if moment is None:
            raise ValidationError(_("Attendu une date (2026-11-30) ou un moment (ISO 8601)."))
        return moment


class MomentFilter(django_filters.Filter):
    field_class = MomentField


class EvenementFilter(FilterSet):
    mairie = mairie_filter()
    debut_apres = MomentFilter(
        field_name="debut", lookup_expr="gte", label=gettext_lazy("Commence à partir de")
    )
    debut_avant = MomentFilter(
        field_name="debut", lookup_expr="lt", label=gettext_lazy("Commence avant")
    )
    a_venir = BooleanFilter(method="_a_venir", label=gettext_lazy("Pas encore terminé"))
    search = FullTextFilter()
    ordering = StableOrderingFilter(fields=["debut", "fin", "titre", "date_creation"])

    class Meta:
        model = Evenement
        fields = ["categorie", "statut", "serie", "inscription_requise"]

    def _a_venir(self, queryset, name, value: bool):
        maintenant = timezone.now()
        if not value:
            return queryset.filter(fin__lte=maintenant)
        # Said twice, so that an index by the beginning leaves the past out.
        return queryset.filter(Q(debut__gt=maintenant - DUREE_AU_PLUS), fin__gt=maintenant)


class CalendrierForm(forms.Form):
    """The parameters of the calendar: `mois` is the present one unless given."""

    mairie = forms.CharField(max_length=100)
    mois = forms.CharField(required=False, max_length=7)

    def clean_mois(self) -> tuple[int, int]:
        donne = self.cleaned_data["mois"]
        if not donne:
            aujourd_hui = timezone.localdate()
            return aujourd_hui.year, aujourd_hui.month
        lu = MOIS.fullmatch(donne)
        if lu is None or not 1990 <= int(lu[1]) < 2190:
            raise ValidationError(_("Attendu un mois, comme 2026-11."))
        return int(lu[1]), int(lu[2])


def _lu(value: str) -> datetime | None:
    try:
        lu = parse_datetime(value) if len(value) > 10 else parse_date(value)
        if isinstance(lu, datetime):
            moment = lu if timezone.is_aware(lu) else timezone.make_aware(lu)
        elif isinstance(lu, date) and PLUS_TOT.date() <= lu <= PLUS_TARD.date():
            moment = minuit(lu)
        else:
            return None
        return moment if PLUS_TOT <= moment <= PLUS_TARD else None
    except (ValueError, OverflowError):
        return None
