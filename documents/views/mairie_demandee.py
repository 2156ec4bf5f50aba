from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError

from mairies.models import Mairie

MAIRIE = OpenApiParameter("mairie", required=True, description="The slug of the mairie.")


def mairie_demandee(request) -> Mairie:
    """The mairie that `?mairie=` names; a 400 without one, and for one that is not known."""
    slug = request.query_params.get("mairie")
    if not slug:
        raise ValidationError({"mairie": [_("Précisez la mairie (?mairie=).")]})
    found = Mairie.objects.visible_to(request.user).only("slug", "nom").filter(slug=slug).first()
    if found is None:
        raise ValidationError({"mairie": [_("Aucune mairie ne porte ce nom court.")]})
    return found
