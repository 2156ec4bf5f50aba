from django.db.models import F
from rest_framework.decorators import action

from documents.exports import OFFICIELS
from documents.filters.officiels import DocumentOfficielFilter
from documents.models import DocumentOfficiel
from documents.serializers.officiels import DocumentOfficielSerializer
from documents.services import officiels as services
from ecms import hits
from ecms.api.exports import ExportMixin
from ecms.api.schema import file_schema
from ecms.api.viewsets import ScopedModelViewSet
from ecms.uploads import begins, deliver
from mairies.models import MairieQuerySet


class DocumentOfficielViewSet(ExportMixin, ScopedModelViewSet):
    """Deliberations, decrees, budgets: found, read and downloaded."""

    queryset = DocumentOfficiel.objects.select_related("mairie", "remplace_par").defer(
        *MairieQuerySet.pages_of("mairie"), "remplace_par__recherche", "remplace_par__description"
    )
    serializer_class = DocumentOfficielSerializer
    filterset_class = DocumentOfficielFilter
    is_public = True
    changing = DocumentOfficiel
    lasting = True
    volatile = frozenset({"nombre_telechargements"})
    columns, export_name, exported_with = OFFICIELS, "documents-officiels", ("auteur",)

    def get_queryset(self):
        queryset = super().get_queryset()
        if self.is_list:
            queryset = queryset.defer(*MairieQuerySet.all_but_name_of("mairie"))
        if self.request.user.is_staff:
            return hits.with_pending(queryset, "nombre_telechargements", alias="telechargements")
        return queryset.annotate(telechargements=F("nombre_telechargements"))

    @file_schema
    @action(detail=True)
    def fichier(self, request, pk=None):
        """The file, as a download under its original name."""
        document = self.get_object()
        response = deliver(
            request,
            document.fichier,
            nom=document.nom_du_fichier,
            type_mime=document.type_mime,
            sha256=document.sha256,
        )
        # The staff fetching its own papers is no audience.
        if not request.user.is_staff and request.method == "GET" and begins(response):
            hits.record(document, "nombre_telechargements")
        return response

    def perform_create(self, serializer):
        data = serializer.validated_data
        received = data.pop("fichier")
        document = DocumentOfficiel(mairie=self.own_mairie(data), **data)
        received.write_to(document)
        serializer.instance = services.deposer_document(document, auteur=self.request.user)
        self.check_in_scope(serializer.instance)

    def perform_update(self, serializer):
        data, document = serializer.validated_data, serializer.instance
        received = data.pop("fichier", None)
        for name, value in data.items():
            setattr(document, name, value)
        if received:
            received.write_to(document)
        services.modifier_document(document)
