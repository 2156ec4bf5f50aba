from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from ecms.api.exports import ExportMixin
from ecms.api.viewsets import ReadOnlyScopedViewSet
from users.exports import COLONNES
from users.filters import AgentFilter
from users.models import Utilisateur
from users.serializers import AgentSerializer, InviterAgentSerializer
from users.services import agents


class AgentViewSet(ExportMixin, ReadOnlyScopedViewSet):
    """The agents of a mairie, for those of its staff who may see and invite them."""

    queryset = (
        Utilisateur.objects.filter(profilagentcommunal__isnull=False)
        .with_profile()
        .prefetch_related("groups")
        .order_by("last_name", "first_name", "pk")
    )
    serializer_class = AgentSerializer
    filterset_class = AgentFilter
    permissions = {"inviter_agent": "add"}
    columns, export_name = COLONNES, "utilisateurs"
    exported_with = ("profilagentcommunal__service",)
    # Not one's own row alone: whoever may list agents lists those of the mairie.
    scopes = {"list": "manageable_by", "retrieve": "manageable_by"}

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def activer(self, request, pk=None):
        """Let the account sign in again."""
        return self._changed(agents.activer(self.get_object(), par=request.user))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def desactiver(self, request, pk=None):
        """Close the account and end its sessions."""
        return self._changed(agents.desactiver(self.get_object(), par=request.user))

    @extend_schema(request=InviterAgentSerializer, responses={201: AgentSerializer})
    @action(detail=False, methods=["post"], url_path="inviter-agent")
    def inviter_agent(self, request):
        """Open an agent's account; they choose their password with a mailed code."""
        serializer = InviterAgentSerializer(
            data=request.data, context=self.get_serializer_context()
        )
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        mairie = self.own_mairie(data)
        agent = agents.inviter_agent(**data, mairie=mairie, par=request.user)
        return Response(self._seen(agent), status=201)

    def _changed(self, agent) -> Response:
        return Response(self._seen(agent))

    def _seen(self, agent) -> dict:
        return self.get_serializer(get_object_or_404(self.queryset, pk=agent.pk)).data
