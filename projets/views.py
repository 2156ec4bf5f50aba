from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response

from ecms.api.caching import max_age_until
from ecms.api.exports import AnyAccept, ExportMixin, csv_response, csv_schema, mark
from ecms.api.geojson import collection_schema, feature, feature_collection
from ecms.api.schema import file_schema
from ecms.api.viewsets import (
    CreateMixin,
    DestroyMixin,
    ReadOnlyScopedViewSet,
    ScopedModelViewSet,
    ScopedViewSet,
    SlugOrIdMixin,
)
from ecms.uploads import deliver
from mairies.models import MairieQuerySet
from projets import services
from projets.exports import COLONNES, POSITION, PROPRIETES, TOLD, proprietes
from projets.filters import ProjetFilter
from projets.models import DocumentProjet, MiseAJourProjet, Projet
from projets.serializers import (
    DocumentProjetSerializer,
    MiseAJourProjetSerializer,
    ProjetListSerializer,
    ProjetSerializer,
    StatistiquesSerializer,
)
from projets.statistiques import statistiques

MAX_FEATURES = 2000
CARTE = collection_schema("CarteProjets", PROPRIETES)


class ProjetViewSet(ExportMixin, SlugOrIdMixin, ScopedModelViewSet):
    """Municipal projects. Found by id everywhere, by slug with `?mairie=`."""

    queryset = Projet.objects.select_related("mairie").defer(*MairieQuerySet.pages_of("mairie"))
    filterset_class = ProjetFilter
    is_public = True
    lasting = True
    columns, export_name = COLONNES, "projets"
    # The CSV is open data; agents find what is not public in the workbook.
    agents_exports = frozenset({"exporter_xlsx"})

    def get_queryset(self):
        queryset = super().get_queryset()
        if self.action in {"exporter", "carte"}:
            # Open data is the same for everybody.
            queryset = queryset.visible_to_public()
        if self.action != "list":
            return queryset
        return queryset.defer("description", *MairieQuerySet.all_but_name_of("mairie"))

    def get_serializer_class(self):
        return ProjetListSerializer if self.action == "list" else ProjetSerializer

    def perform_create(self, serializer):
        mairie = self.own_mairie(serializer.validated_data)
        projet = Projet(mairie=mairie, **serializer.validated_data)
        serializer.instance = services.creer_projet(projet)
        self.check_in_scope(serializer.instance)

    def perform_update(self, serializer):
        for name, value in serializer.validated_data.items():
            setattr(serializer.instance, name, value)
        services.modifier_projet(serializer.instance)

    @extend_schema(parameters=[OpenApiParameter("mairie", description="With a slug.")])
    def retrieve(self, request, *args, **kwargs):
        return super().retrieve(request, *args, **kwargs)

    def max_age(self) -> int:
        """Until midnight, when a project may be late."""
        return max_age_until(services.minuit())

    @extend_schema(filters=True, responses=StatistiquesSerializer)
    @action(detail=False, pagination_class=None)
    def statistiques(self, request):
        """Counts by statut, budget, spending, weighted progress: of what the caller may read."""
        figures = statistiques(self.filter_queryset(self.get_queryset()))
        return Response(StatistiquesSerializer(figures).data)

    @csv_schema
    def exporter(self, request):
        """The public projects, as CSV with the filters of the list."""
        rows = self.filter_queryset(self.get_queryset()).iterator(chunk_size=500)
        return mark(csv_response(rows, COLONNES, filename="projets.csv"), request, self.max_age())

    @extend_schema(filters=True, responses={200: CARTE})
    def carte(self, request):
        """The public projects that have a position, as GeoJSON: the first 2,000."""
        found = self.filter_queryset(self.get_queryset()).filter(latitude__isnull=False)
        rows = found.only(*POSITION, *TOLD, "mairie__slug")[:MAX_FEATURES]
        return Response(feature_collection([feature(row, proprietes(row)) for row in rows]))


class OfProjet(ScopedViewSet):
    """Rows of one project, under its address: out of reach like it, and with it."""

    is_public = True
    filter_backends = []

    def get_queryset(self):
        return super().get_queryset().filter(projet_id=self.kwargs["projet_id"])

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        scope = "visible_to" if request.method in SAFE_METHODS else "manageable_by"
        reachable = getattr(Projet.objects, scope)(request.user)
        self.projet = get_object_or_404(reachable, pk=self.kwargs["projet_id"])


class MiseAJourProjetViewSet(CreateMixin, mixins.ListModelMixin, OfProjet):
    """What a project had done and spent, newest first. Appended, never edited."""

    queryset = MiseAJourProjet.objects.select_related("projet").only(
        *["titre", "description", "avancement", "depense_xaf", "motif_baisse", "image"],
        *["date_creation", "auteur", "projet__mairie"],
    )
    serializer_class = MiseAJourProjetSerializer

    def perform_create(self, serializer):
        mise_a_jour = MiseAJourProjet(projet=self.projet, **serializer.validated_data)
        serializer.instance = services.ajouter_mise_a_jour(mise_a_jour, auteur=self.request.user)
        self.check_in_scope(serializer.instance)


class DocumentProjetViewSet(CreateMixin, DestroyMixin, ReadOnlyScopedViewSet, OfProjet):
    """The papers of a project: those that are public, and for its mairie all."""

    queryset = DocumentProjet.objects.select_related("projet")
    serializer_class = DocumentProjetSerializer

    def perform_create(self, serializer):
        fichier = serializer.validated_data.pop("fichier")
        document = DocumentProjet(projet=self.projet, **serializer.validated_data)
        serializer.instance = services.ajouter_document(document, fichier=fichier)
        self.check_in_scope(serializer.instance)

    @file_schema
    @action(detail=True, content_negotiation_class=AnyAccept)
    def fichier(self, request, **kwargs):
        """The file itself, as a download under its own name; `Range` works."""
        document = self.get_object()
        return deliver(
            request,
            document.fichier,
            nom=document.nom_original,
            type_mime=document.type_mime,
            sha256=document.sha256,
        )
