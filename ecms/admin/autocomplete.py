"""The rows that a picker offers while somebody types."""

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import PermissionDenied


class RowsView(AutocompleteJsonView):
    """Django's own fails on the name of a relation that another model holds."""

    def process_request(self, request):
        found = super().process_request(request)
        _term, _model_admin, source_field, _to_field = found
        if not source_field.concrete:
            raise PermissionDenied
        return found
