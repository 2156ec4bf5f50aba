from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from demarches.models import PieceJointe, Signalement
from demarches.serializers.signalements import PhotoInputSerializer, PhotoSerializer
from demarches.services import signalements as services
from ecms.api.idempotency import idempotent
from ecms.api.owners import OwnedRowsMixin
from ecms.api.viewsets import ScopedViewSet, UpdateMixin


class PhotoSignalementViewSet(OwnedRowsMixin, UpdateMixin, ScopedViewSet):
    """The photos of one report, under its address: they are read with it."""

    queryset = PieceJointe.objects.filter(signalement__isnull=False).select_related("signalement")
    serializer_class = PhotoSerializer
    http_method_names = ["post", "patch", "head", "options"]
    filter_backends = []
    shared_acts = frozenset({"create"})
    verified_acts = frozenset({"create"})
    permissions = {
        "create": "demarches.change_signalement",
        "partial_update": "demarches.change_signalement",
    }
    rates = {"create": "piece"}

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        rows = self.reach(Signalement.objects.select_related("mairie"))
        self.signalement = get_object_or_404(rows, pk=self.kwargs["signalement_id"])
        self.secret_was_right()

    def get_queryset(self):
        return super().get_queryset().filter(signalement_id=self.kwargs["signalement_id"])

    @extend_schema(request=PhotoInputSerializer, responses={201: PhotoSerializer})
    @idempotent
    def create(self, request, *args, **kwargs):
        """Add a photo: whoever reported it while it is open, by account or code, and agents."""
        serializer = PhotoInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        piece = services.ajouter_photo(
            self.signalement,
            photo=serializer.validated_data["photo"],
            par=request.user if request.user.is_authenticated else None,
            comme_agent=self._est_agent(),
        )
        return Response(self.get_serializer(piece).data, 201)

    def perform_update(self, serializer):
        """Hide a photo from the public, or show it again."""
        shown = serializer.validated_data.get("est_visible", serializer.instance.est_visible)
        serializer.instance = services.masquer_photo(
            serializer.instance, est_visible=shown, par=self.request.user
        )

    def _est_agent(self) -> bool:
        rows = Signalement.objects.manageable_by(self.request.user)
        return self.as_staff and rows.filter(pk=self.signalement.pk).exists()
