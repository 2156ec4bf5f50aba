from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.response import Response

from demarches.models import DemarcheAdministrative, Suivi
from demarches.serializers.messages import MessageSerializer
from demarches.serializers.pieces import CodeDossierSerializer
from demarches.services import demarches as services
from demarches.views.auteurs import auteur
from ecms.api.owners import OwnedRowsMixin
from ecms.api.viewsets import ScopedViewSet
from ecms.scoping import manages

VOIR = "demarches.view_demarcheadministrative"
ECRIRE = "demarches.change_demarcheadministrative"
MESSAGES = Q(nature__in=[Suivi.Nature.MESSAGE, Suivi.Nature.NOTE])


class OfDemarche(OwnedRowsMixin, mixins.ListModelMixin, ScopedViewSet):
    """Lines of one dossier's history, under its address: out of reach like it, and with it."""

    queryset = Suivi.objects.select_related("auteur")
    filter_backends = []
    permissions = {"list": VOIR, "lister": VOIR, "create": ECRIRE}

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        rows = DemarcheAdministrative.objects.select_related("mairie", "formulaire")
        self.demarche = get_object_or_404(self.reach(rows), pk=self.kwargs["demarche_id"])
        self.secret_was_right()

    def get_queryset(self):
        """The lines of the dossier that was reached: the citizen's are the visible ones."""
        lines = self.queryset.filter(demarche=self.demarche)
        return lines if self.cote_mairie else lines.filter(est_visible=True)

    @cached_property
    def cote_mairie(self) -> bool:
        """Whether the caller reads as the mairie: an agent with the permission, and never of
        their own dossier."""
        if not hasattr(self, "demarche"):
            return False
        user = self.request.user
        of_the_mairie = self.as_staff and manages(user, self.demarche.mairie_id)
        return of_the_mairie and user.pk != self.demarche.demandeur_id


class MessageViewSet(OfDemarche):
    """What the citizen and the mairie write to each other; for agents, their notes besides."""

    serializer_class = MessageSerializer
    shared_acts = frozenset({"create", "lister"})
    verified_acts = frozenset({"create"})
    rates = {"create": "message"}

    def get_queryset(self):
        return super().get_queryset().filter(MESSAGES)

    @extend_schema(responses={201: MessageSerializer})
    def create(self, request, *args, **kwargs):
        """Write to the other side, who is told by mail; with `interne`, to colleagues."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        ligne = services.ecrire(
            self.demarche,
            message=serializer.validated_data["message"],
            interne=serializer.validated_data["interne"],
            par=auteur(self, self.demarche),
        )
        return Response(self.get_serializer(ligne).data, 201)

    @extend_schema(request=CodeDossierSerializer, responses=MessageSerializer(many=True))
    @action(detail=False, methods=["post"])
    def lister(self, request, *args, **kwargs):
        """The same as the list, for whoever comes with the secret."""
        return self.list(request, *args, **kwargs)
