from django.core.exceptions import ValidationError as InvalidAddress
from rest_framework import serializers

from ecms.api.serializers import MairieField, ScopedModelSerializer
from evenements.models import AbonneNewsletter
from mairies.models import Mairie
from mairies.workflow import StatutMairie
from users.services.addresses import plain_address


class AdresseField(serializers.EmailField):
    """An address that can be written into a mail, in lower case."""

    def to_internal_value(self, data):
        adresse = super().to_internal_value(data).lower()
        try:
            plain_address(adresse)
        except InvalidAddress:
            self.fail("invalid")
        return adresse


class AbonneSerializer(ScopedModelSerializer):
    """A subscriber, for the agents. The secret is the subscriber's."""

    class Meta:
        model = AbonneNewsletter
        fields = [
            "id",
            "mairie",
            "email",
            "nom",
            "langue",
            "statut",
            "date_confirmation",
            "date_desinscription",
            "date_rejet",
            "date_creation",
            "date_modification",
        ]
        read_only_fields = fields


class AbonnementSerializer(ScopedModelSerializer):
    """What somebody subscribes with. `mairie` is a slug; an agent's is their own. `site_web` is a
    trap for programs: people do not see the field, and leave it empty."""

    mairie = MairieField(queryset=Mairie.objects.filter(statut=StatutMairie.ACTIVE))
    email = AdresseField(max_length=254)
    site_web = serializers.CharField(required=False, allow_blank=True, write_only=True)

    class Meta:
        model = AbonneNewsletter
        fields = ["mairie", "email", "nom", "langue", "site_web"]


class JetonSerializer(serializers.Serializer):
    """The secret of a mail's link."""

    jeton = serializers.CharField(max_length=64, write_only=True)
