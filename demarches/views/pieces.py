from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.response import Response

from demarches import fichiers
from demarches.models import DemarcheAdministrative, PieceJointe
from demarches.recepisse import a_recepisse
from demarches.serializers.pieces import CodeDossierSerializer, LienSerializer, PieceSerializer
from demarches.services import pieces as services
from demarches.views.auteurs import auteur
from ecms import links
from ecms.api.exports import AnyAccept
from ecms.api.idempotency import idempotent
from ecms.api.owners import OwnedRowsMixin
from ecms.api.schema import file_schema
from ecms.api.viewsets import CreateMixin, ScopedViewSet
from ecms.exceptions import DomainError

# The task queue takes it within seconds.
RETRY_AFTER_SECONDS = 5


class RecepisseEnPreparation(DomainError):
    code = "recepisse_en_preparation"


class PieceViewSet(OwnedRowsMixin, CreateMixin, mixins.ListModelMixin, ScopedViewSet):
    """The papers of one dossier, out of reach like it, and with it."""

    queryset = PieceJointe.objects.select_related("demarche")
    serializer_class = PieceSerializer
    filter_backends = []
    pagination_class = None
    shared_acts = frozenset({"create", "destroy", "lister", "lien"})
    verified_acts = frozenset({"create"})
    permissions = {"lister": "view", "lien": "view"}
    rates = {"create": "piece"}

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        reachable = self.reach(DemarcheAdministrative.objects.all())
        self.demarche = get_object_or_404(reachable, pk=self.kwargs["demarche_id"])
        self.secret_was_right()

    def get_queryset(self):
        # Its dossier is in reach, and what hangs on it is too.
        return PieceViewSet.queryset.filter(demarche=self.demarche).order_by("pk")

    @idempotent
    def create(self, request, *args, **kwargs):
        """Add a file, as `multipart/form-data`."""
        return super().create(request, *args, **kwargs)

    def perform_create(self, serializer):
        data = serializer.validated_data
        serializer.instance = services.joindre(
            self.demarche, fichier=data["fichier"], champ=data.get("champ", ""), par=self.author
        )

    @extend_schema(request=CodeDossierSerializer)
    def destroy(self, request, *args, **kwargs):
        """Take a file back: of a draft, or one that was added since the mairie asked for it."""
        services.retirer(self.get_object(), par=self.author)
        return Response(status=204)

    @extend_schema(request=CodeDossierSerializer, responses=PieceSerializer(many=True))
    @action(detail=False, methods=["post"])
    def lister(self, request, **kwargs):
        """The same as the list, for whoever comes with the secret."""
        return Response(self.get_serializer(self.get_queryset(), many=True).data)

    @file_schema
    @action(detail=True, content_negotiation_class=AnyAccept)
    def fichier(self, request, **kwargs):
        """The file itself, as a download under its own name; `Range` works."""
        return fichiers.livrer_piece(request, self.get_object())

    @extend_schema(request=CodeDossierSerializer, responses=LienSerializer)
    @action(detail=True, methods=["post"])
    def lien(self, request, **kwargs):
        """An address of this one file that is good for ten minutes."""
        return Response(links.address(fichiers.PIECE, self.get_object()))

    @property
    def author(self):
        """The account that acts, None for whoever has only the secret."""
        return auteur(self, self.demarche)


class RecepisseViewSet(OwnedRowsMixin, ScopedViewSet):
    """The receipt of a dossier."""

    queryset = DemarcheAdministrative.objects.all()
    serializer_class = CodeDossierSerializer
    shared_acts = frozenset({"lien"})
    permissions = {"lien": "view"}

    def get_object(self):
        """Raises `Http404` for a draft, `RecepisseEnPreparation` for what was just filed."""
        demarche = super().get_object()
        if not a_recepisse(demarche):
            raise Http404
        if not demarche.recepisse:
            message = _("Le récépissé se prépare : demandez-le de nouveau dans quelques secondes.")
            raise RecepisseEnPreparation(message, retry_after=RETRY_AFTER_SECONDS)
        return demarche

    @file_schema
    def telecharger(self, request, **kwargs):
        """The receipt, as PDF; 409 `recepisse_en_preparation` until it is made."""
        return fichiers.livrer_recepisse(request, self.get_object())

    @extend_schema(responses=LienSerializer)
    def lien(self, request, **kwargs):
        """An address of the receipt that is good for ten minutes."""
        return Response(links.address(fichiers.RECEPISSE, self.get_object()))
