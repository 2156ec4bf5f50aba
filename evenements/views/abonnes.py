from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from ecms.api.exceptions import Refused
from ecms.api.exports import ExportMixin
from ecms.api.serializers import DetailSerializer
from ecms.api.throttling import AuthorThrottle
from ecms.api.viewsets import DestroyMixin, ReadOnlyScopedViewSet
from evenements.exports import ABONNES
from evenements.filters.abonnes import AbonneFilter
from evenements.models import AbonneNewsletter
from evenements.serializers.abonnes import AbonnementSerializer, AbonneSerializer, JetonSerializer
from evenements.services import abonnes as services
from mairies.models import MairieQuerySet


class AbonneViewSet(ExportMixin, DestroyMixin, ReadOnlyScopedViewSet):
    """Subscribers: anyone asks to be one, confirms and leaves; agents read the list and take
    people out of it."""

    queryset = AbonneNewsletter.objects.select_related("mairie").defer(
        "jeton", *MairieQuerySet.pages_of("mairie")
    )
    serializer_class = AbonneSerializer
    filterset_class = AbonneFilter
    open_actions = frozenset({"create", "confirmer", "desinscrire"})
    throttle_classes = [AuthorThrottle]
    rates = {"create": "abonnement"}
    columns, export_name = ABONNES, "abonnes"

    @extend_schema(request=AbonnementSerializer, responses={202: DetailSerializer})
    def create(self, request):
        """Ask for the letters of a mairie. The answer is the same for any address; a mail asks it
        to confirm. An agent's people are asked too."""
        serializer = AbonnementSerializer(data=request.data, context=self.get_serializer_context())
        agent_de = request.user.is_authenticated and request.user.mairie_agent
        if agent_de:
            serializer.fields["mairie"].read_only = True
        serializer.is_valid(raise_exception=True)
        self._demander({"mairie": agent_de, **serializer.validated_data})
        detail = _("Si tout est en ordre, un message vient de partir : ouvrez-le pour confirmer.")
        return Response({"detail": detail}, status=202)

    @extend_schema(request=JetonSerializer, responses=DetailSerializer)
    @action(detail=False, methods=["post"])
    def confirmer(self, request):
        """Confirm with the secret of the mail; again is no error."""
        if services.confirmer(self._jeton()) is None:
            raise _lien_invalide()
        return Response({"detail": _("C'est fait : vous recevrez la newsletter.")})

    @extend_schema(request=JetonSerializer, responses=DetailSerializer)
    @action(detail=False, methods=["post"])
    def desinscrire(self, request):
        """Leave, with the secret of any letter; again is no error."""
        if services.desinscrire(self._jeton()) is None:
            raise _lien_invalide()
        return Response({"detail": _("C'est fait : vous ne recevrez plus la newsletter.")})

    def perform_destroy(self, instance):
        services.retirer(instance)

    def _demander(self, donnees: dict) -> None:
        if donnees.pop("site_web", ""):
            return
        donnees.setdefault("langue", (get_language() or "fr")[:2])
        services.demander_abonnement(donnees.pop("mairie"), **donnees)

    def _jeton(self) -> str:
        serializer = JetonSerializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data["jeton"]


def _lien_invalide() -> Refused:
    return Refused(_("Ce lien ne vaut pas, ou ne vaut plus."), "lien_invalide")
