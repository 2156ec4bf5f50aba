from rest_framework import serializers

from demarches.models import Suivi
from demarches.serializers.suivi import SuiviSerializer


class MessageSerializer(SuiviSerializer):
    """A message between a citizen and the mairie; `interne` is a note among agents."""

    message = serializers.CharField(max_length=5000)
    interne = serializers.BooleanField(required=False, write_only=True, default=False)
    code_suivi = serializers.CharField(required=False, write_only=True, max_length=64)

    class Meta(SuiviSerializer.Meta):
        fields = [
            "id",
            "nature",
            "origine",
            "origine_display",
            "message",
            "interne",
            "code_suivi",
            "auteur_nom",
            "date_creation",
        ]
        read_only_fields = ["nature", "origine", "date_creation"]

    def to_representation(self, suivi):
        data = super().to_representation(suivi)
        if self.context["view"].cote_mairie:
            data["interne"] = suivi.nature == Suivi.Nature.NOTE
        return data
