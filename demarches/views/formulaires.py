from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from demarches.definition import schema_json
from demarches.exports import FORMULAIRES
from demarches.filters.formulaires import FormulaireFilter
from demarches.models import Formulaire
from demarches.serializers.formulaires import FormulaireListSerializer, FormulaireSerializer
from demarches.services import formulaires as services
from ecms.api.exports import ExportMixin
from ecms.api.viewsets import ScopedModelViewSet, SlugOrIdMixin
from mairies.models import MairieQuerySet

IN_FULL = ("champs", "pieces_requises", "description")
WITH_A_SLUG = [OpenApiParameter("mairie", description="With a slug.")]


class JSONSchemaRenderer(JSONRenderer):
    media_type = "application/schema+json"
    format = "schema"


class FormulaireViewSet(ExportMixin, SlugOrIdMixin, ScopedModelViewSet):
    """The procedures. Found by id everywhere, by slug with `?mairie=`."""

    queryset = Formulaire.objects.select_related("mairie", "service").defer(
        *MairieQuerySet.pages_of("mairie"), "service__description", "service__horaires"
    )
    filterset_class = FormulaireFilter
    is_public = True
    columns, export_name = FORMULAIRES, "formulaires"
    # Measured on dossiers: it changes without anybody having touched the procedure.
    volatile = frozenset({"delai_constate_jours"})

    def get_queryset(self):
        queryset = super().get_queryset()
        return queryset.defer(*IN_FULL) if self.is_list else queryset

    def get_serializer_class(self):
        return FormulaireListSerializer if self.action == "list" else FormulaireSerializer

    @extend_schema(parameters=WITH_A_SLUG)
    def retrieve(self, request, *args, **kwargs):
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        parameters=WITH_A_SLUG,
        responses={(200, "application/schema+json"): {"type": "object"}},
    )
    @action(detail=True, url_path="schema", renderer_classes=[JSONSchemaRenderer, JSONRenderer])
    def schema_json(self, request, **kwargs):
        """The answers as JSON Schema (2020-12), worded in the language of the request."""
        formulaire = self.get_object()
        schema = schema_json(formulaire.champs, get_language())
        return Response({"title": formulaire.nom, **schema})

    def perform_create(self, serializer):
        mairie = self.own_mairie(serializer.validated_data)
        formulaire = Formulaire(mairie=mairie, **serializer.validated_data)
        serializer.instance = services.creer_formulaire(formulaire)
        self.check_in_scope(serializer.instance)

    def perform_update(self, serializer):
        for name, value in serializer.validated_data.items():
            setattr(serializer.instance, name, value)
        services.modifier_formulaire(serializer.instance)

    def perform_destroy(self, instance):
        services.supprimer_formulaire(instance)
