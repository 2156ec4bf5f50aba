from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from demarches.serializers.suivi import (
    NumeroEtCodeSerializer,
    SuiviPublicSerializer,
    SuiviSerializer,
)
from demarches.services.suivi import retrouver
from demarches.views.messages import OfDemarche
from ecms import limits
from ecms.api.viewsets import ConditionalReads
from ecms.requests import client_address


class SuiviViewSet(OfDemarche):
    """The history of one dossier, oldest first: for its owner what is visible, for agents all."""

    serializer_class = SuiviSerializer


class SuiviPublicView(ConditionalReads, APIView):
    """Where a dossier or a problem report stands, for whoever holds its number and its secret."""

    unscoped = "the secret names one row, and was given to whoever filed it"
    permission_classes = [AllowAny]

    @extend_schema(request=NumeroEtCodeSerializer, responses=SuiviPublicSerializer)
    def post(self, request):
        """A wrong number and a wrong secret are the same 404. Wrong ones are counted, right ones
        are free."""
        donnees = NumeroEtCodeSerializer(data=request.data)
        donnees.is_valid(raise_exception=True)
        essai = limits.count("secret_adresse", client_address(request))
        suivi = retrouver(**donnees.validated_data)
        if suivi is None:
            raise NotFound
        essai.free()
        return Response(SuiviPublicSerializer(suivi).data)
