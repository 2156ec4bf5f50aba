from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, permissions
from rest_framework.response import Response

from ecms.api.serializers import DetailSerializer
from users import serializers
from users.authentication import invalid_token
from users.models import Session, Utilisateur
from users.services import accounts, erasure, profile, sessions
from users.views.base import AccountView, confirm_identity


class ProfileView(generics.RetrieveUpdateAPIView):
    """One's own account; PUT is as forgiving as PATCH."""

    unscoped = "acts on the caller's own account"
    permission_classes = [permissions.IsAuthenticated]
    serializer_class = serializers.ProfileSerializer
    filter_backends = []

    def get_object(self):
        return get_object_or_404(Utilisateur.objects.as_told(), pk=self.request.user.pk)

    def update(self, request, *args, **kwargs):
        return super().update(request, *args, **{**kwargs, "partial": True})

    @transaction.atomic
    def perform_update(self, serializer):
        profile.update(serializer, build_url=self.request.build_absolute_uri)

    @extend_schema(request=serializers.IdentitySerializer, responses={200: DetailSerializer})
    def delete(self, request, *args, **kwargs):
        """End one's account: it is anonymised, and what the law keeps is kept without a name. 409
        `dossiers_en_cours` while the mairie has a dossier to decide."""
        confirm_identity(request)
        erasure.anonymise(request.user)
        return Response({"detail": _("Votre compte est effacé.")})


class ConsentView(AccountView):
    """Accept the privacy notice that is in force (`notice_version` of the profile). Again, the
    answer is the same: when it was accepted first."""

    serializer_class = serializers.ConsentSerializer
    answer_class = serializers.ConsentSerializer

    def answer(self, *, version):
        try:
            accepted = accounts.accept_notice(self.request.user, version)
        except sessions.InvalidToken:
            raise invalid_token() from None
        return Response(self.get_serializer(accepted).data)


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
