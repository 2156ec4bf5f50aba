"""What the desks of all that is published share."""

from django.http import HttpResponseRedirect

COULEURS = {
    "publiee": "success",
    "programmee": "warning",
    "brouillon": "info",
    "expiree": "",
    "archivee": "",
}


class PublieeParEtapes:
    """Mixed in before `ScopedAdmin`: a new row is a draft, and its own page is where it is
    published."""

    def response_post_save_add(self, request, obj):
        if self.has_view_permission(request, obj):
            return HttpResponseRedirect(self._page_of(obj))
        return super().response_post_save_add(request, obj)
