from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, permissions
from rest_framework.response import Response
from rest_framework.views import APIView

from ecms.api.serializers import DetailSerializer
from ecms.requests import client_address
from users import serializers
from users.models import Session
from users.services import accounts, erasure, profile, sessions
from users.views.base import wrong_password


class ProfileView(generics.RetrieveUpdateAPIView):
    """One's own account; PUT is as forgiving as PATCH."""

    unscoped = "acts on the caller's own account"
    permission_classes = [permissions.IsAuthenticated]
    serializer_class = serializers.ProfileSerializer
    filter_backends = []

    def get_object(self):
        return self.request.user

    def update(self, request, *args, **kwargs):
        return super().update(request, *args, **{**kwargs, "partial": True})

    @transaction.atomic
    def perform_update(self, serializer):
        profile.update(serializer, build_url=self.request.build_absolute_uri)

    @extend_schema(request=serializers.CurrentPasswordSerializer, responses=DetailSerializer)
    def delete(self, request, *args, **kwargs):
        """End one's account: it is anonymised, and what the law keeps is kept without a name."""
        data = serializers.CurrentPasswordSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        try:
            accounts.confirm_password(
                request.user,
                data.validated_data["current_password"],
                address=client_address(request),
            )
        except accounts.WrongPassword:
            raise wrong_password() from None
        erasure.anonymise(request.user)
        return Response({"detail": _("Votre compte est effacé.")})


class ExportView(APIView):
    """All that is held about the account, as JSON."""

    unscoped = "acts on the caller's own account"
    permission_classes = [permissions.IsAuthenticated]

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request):
        response = Response(erasure.export(request.user))
        response["Content-Disposition"] = 'attachment; filename="mes-donnees.json"'
        return response


class SessionListView(generics.ListAPIView):
    """One's own live sign-ins."""

    unscoped = "acts on the caller's own account"
    permission_classes = [permissions.IsAuthenticated]
    serializer_class = serializers.SessionSerializer
    queryset = Session.objects.order_by("-last_used_at", "-pk")
    filter_backends = []

    def get_queryset(self):
        return super().get_queryset().owned_by(self.request.user).live()


class SessionView(generics.GenericAPIView):
    """End one of one's own sign-ins."""

    unscoped = "acts on the caller's own account"
    permission_classes = [permissions.IsAuthenticated]
    queryset = Session.objects.all()
    filter_backends = []

    def get_queryset(self):
        return super().get_queryset().owned_by(self.request.user).live()

    @extend_schema(responses={204: None})
    def delete(self, request, pk):
        session = self.get_object()
        sessions.end(Session.objects.filter(pk=session.pk))
        return Response(status=204)
