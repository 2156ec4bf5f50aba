"""The addresses of Open311 GeoReport v2."""

import json
from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from demarches.open311 import filters, representation
from demarches.open311.formats import BySuffix, FormParser, XMLRenderer, errors
from demarches.open311.serializers import NewRequestSerializer
from demarches.services.signalements import signaler
from ecms.api.caching import mark_private
from ecms.api.errors import exception_handler
from ecms.api.idempotency import idempotent
from ecms.api.parsers import BoundedMultiPartParser, StrictJSONParser
from ecms.api.throttling import AddressThrottle
from ecms.api.viewsets import ConditionalReads
from ecms.codes import read_number
from ecms.flux.adresses import own_address
from mairies.categories import CategorieSignalement

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
# When what the addresses answer last changed its form.
CHANGESET = "2026-11-22T00:00:00+01:00"


class Open311View(ConditionalReads, APIView):
    """Nobody signs in: an `api_key` is taken and means nothing. Errors are the standard's list, in
    the format that was asked."""

    unscoped = "only what visible_to_public() gives"
    root = "service_requests"
    is_public = True
    schema = None
    metadata_class = None
    authentication_classes = []
    permission_classes = []
    parser_classes = [FormParser, BoundedMultiPartParser, StrictJSONParser]
    # The standard requires XML: it is what an error has when no format can be had.
    renderer_classes = [XMLRenderer, JSONRenderer]
    content_negotiation_class = BySuffix

    def get_format_suffix(self, **kwargs):
        return kwargs.get("suffix")

    def get_exception_handler(self):
        return handle

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code not in {200, 304}:
            mark_private(response)
        return response


def handle(exc, context):
    """Every exception that says something to a client; None for a fault of ours."""
    problem = exception_handler(exc, context)
    if problem is None:
        return None
    said = json.loads(problem.content)
    if isinstance(exc, filters.Unknown):
        said["detail"] = str(exc.detail)
    headers = {name: problem[name] for name in ("Allow", "Retry-After") if name in problem}
    return errors(said, problem.status_code, headers)


class DiscoveryView(Open311View):
    root = "discovery"

    def get(self, request, **kwargs):
        return Response(
            {
                "changeset": CHANGESET,
                "contact": settings.FRONTEND_URL,
                "key_service": _("Aucune clé n'est nécessaire."),
                "endpoints": [
                    {
                        "specification": SPECIFICATION,
                        "url": own_address("/open311/v2"),
                        "changeset": CHANGESET,
                        "type": "test" if settings.DEMO else "production",
                        "formats": ["text/xml", "application/json"],
                    }
                ],
            }
        )


class ServicesView(Open311View):
    """The categories, which all mairies share."""

    root = "services"

    def get(self, request, **kwargs):
        filters.jurisdiction(request.query_params.get("jurisdiction_id"))
        return Response([representation.service(each) for each in CategorieSignalement])


class ServiceView(Open311View):
    """The definition of a category: none asks anything of its own."""

    root = "service_definition"

    def get(self, request, code, **kwargs):
        filters.jurisdiction(request.query_params.get("jurisdiction_id"))
        return Response({"service_code": filters.category(code).value, "attributes": []})


class RequestsView(Open311View):
    """The public reports; a new one."""

    throttle_classes = [AddressThrottle]
    rates = {"POST": "signalement"}

    @property
    def action(self) -> str:
        """What `AddressThrottle` counts by."""
        return self.request.method

    def get(self, request, **kwargs):
        asked = request.query_params
        rows = filters.page(filters.filtered(representation.public_reports(), asked), asked)
        return Response([representation.request(row) for row in rows])

    @idempotent
    def post(self, request, **kwargs):
        given = _given(request.data)
        serializer = NewRequestSerializer(data=given)
        serializer.is_valid(raise_exception=True)
        facts = serializer.validated_data
        row = signaler(facts.pop("mairie"), par=None, **facts)
        ignored = "media_url" in given and "photos" not in facts
        return Response([representation.receipt(row, ignored_photo=ignored)], 201)


class RequestView(Open311View):
    """One report, in a list as the standard has it."""

    def get(self, request, numero, **kwargs):
        rows = representation.public_reports().filter(numero_suivi=read_number(numero))
        if mairie := filters.jurisdiction(request.query_params.get("jurisdiction_id")):
            rows = rows.filter(mairie=mairie)
        if not (found := rows[:1]):
            raise NotFound
        return Response([representation.request(row) for row in found])


class NowhereView(Open311View):
    """Any other address."""

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        raise NotFound


def _given(data) -> dict:
    """The fields that are not empty; of a form each once, but for the files."""
    if not isinstance(data, Mapping):
        raise ValidationError
    files = {"media": data.getlist("media")} if hasattr(data, "getlist") else {}
    given = {**dict(data.items()), **files}
    return {name: value for name, value in given.items() if value not in ("", None, [])}
