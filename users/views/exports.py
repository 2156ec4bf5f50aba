"""What a person takes along."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, permissions
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response
from rest_framework.views import APIView

from ecms import limits, links
from ecms.uploads import deliver
from users import serializers
from users.models import ExportDonnees
from users.services import export, identity
from users.views.base import confirm_identity

ARCHIVE = "users/export"
ZIP = "application/zip"


class ExportView(APIView):
    """All that is held about the account."""

    unscoped = "acts on the caller's own account"
    permission_classes = [permissions.IsAuthenticated]

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request):
        """As JSON, without the files, to whoever signed in within the last hour; 403
        `connexion_ancienne` to others."""
        if not identity.is_recent(request.auth):
            message = _("Reconnectez-vous d'abord : vos données ne se montrent qu'à vous.")
            raise PermissionDenied(message, "connexion_ancienne")
        limits.count("export_donnees", str(request.user.pk))
        response = Response(export.export(request.user))
        response["Content-Disposition"] = 'attachment; filename="mes-donnees.json"'
        return response

    @extend_schema(
        request=serializers.IdentitySerializer, responses={202: serializers.ExportSerializer}
    )
    def post(self, request):
        """Have an archive made of them and of the files; a mail says when it is ready."""
        confirm_identity(request)
        limits.count("export_donnees", str(request.user.pk))
        asked = export.request_archive(request.user)
        return Response(serializers.ExportSerializer(asked).data, status=202)


class ExportListView(generics.ListAPIView):
    """One's own archives, which are kept for three days."""

    unscoped = "acts on the caller's own account"
    permission_classes = [permissions.IsAuthenticated]
    serializer_class = serializers.ExportSerializer
    queryset = ExportDonnees.objects.order_by("-pk")
    filter_backends = []

    def get_queryset(self):
        return super().get_queryset().owned_by(self.request.user).kept()


class ExportLinkView(generics.GenericAPIView):
    """An address of the archive that is good for ten minutes; 409 `export_en_preparation` until
    it is made."""

    unscoped = "acts on the caller's own account"
    permission_classes = [permissions.IsAuthenticated]
    serializer_class = serializers.IdentitySerializer
    queryset = ExportDonnees.objects.all()
    filter_backends = []

    def get_queryset(self):
        return super().get_queryset().owned_by(self.request.user).kept()

    @extend_schema(
        request=serializers.IdentitySerializer, responses=serializers.ExportLinkSerializer
    )
    def post(self, request, pk):
        asked = self.get_object()
        confirm_identity(request)
        export.check_ready(asked)
        return Response(links.address(ARCHIVE, asked))


@links.releases(ARCHIVE)
def _archive(request, row: links.Row) -> HttpResponse:
    asked = get_object_or_404(ExportDonnees.objects.kept().exclude(fichier=""), **row)
    return deliver(request, asked.fichier, nom="mes-donnees.zip", type_mime=ZIP)
