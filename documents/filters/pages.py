import django_filters
from django.utils.translation import gettext_lazy as _

from documents.models import PageCMS
from ecms.api.filters import FilterSet, FullTextFilter, StableOrderingFilter, mairie_filter


class PageFilter(FilterSet):
    mairie = mairie_filter()
    parent = django_filters.ModelChoiceFilter(
        queryset=lambda request: PageCMS.objects.visible_to(request.user),
        null_label=_("Aucune"),
        label=_("L'id de la page parente, ou null pour celles qui n'en ont pas"),
    )
    search = FullTextFilter()
    ordering = StableOrderingFilter(fields=["ordre", "titre", "date_modification"])

    class Meta:
        model = PageCMS
        fields = ["statut", "afficher_dans_menu"]
