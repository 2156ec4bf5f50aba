"""What the desks of projects and of what they are followed by share."""

from django.http import Http404
from django.urls import path
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from ecms.uploads import deliver


def en_francs(montant: int | None) -> str:
    """An amount by thousands: budgets have nine figures."""
    return "-" if montant is None else number_format(montant, force_grouping=True)


def barre(pourcent: int):
    """Progress, to be seen and to be read."""
    return format_html(
        '<span class="whitespace-nowrap"><span class="bg-base-200 dark:bg-base-700" aria-hidden='
        '"true" style="display: inline-block; width: 4rem; height: .5rem; border-radius: 4px">'
        '<span class="bg-primary-600" style="display: block; width: {}%; height: 100%; '
        'border-radius: 4px"></span></span> {} %</span>',
        pourcent,
        pourcent,
    )


def photo(image):
    """The small width of an image of a row."""
    if not image:
        return "-"
    return format_html(
        '<a href="{}" target="_blank" rel="noopener"><img src="{}" alt="{}" loading="lazy" '
        'style="max-height: 5rem; max-width: 8rem; border-radius: 4px"></a>',
        image.url,
        image.small_url,
        _("Photo"),
    )


class FichierDelivre:
    """Mixed in before the admin of papers: releases the file of one of its rows."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.fichier)
        name = "projets_documentprojet_fichier"
        return [path("<int:pk>/fichier/", view, name=name), *super().get_urls()]

    def fichier(self, request, pk):
        document = self.get_object(request, str(pk))
        if document is None or not self.has_view_permission(request, document):
            raise Http404
        return deliver(
            request,
            document.fichier,
            nom=document.nom_original,
            type_mime=document.type_mime,
            sha256=document.sha256,
        )
