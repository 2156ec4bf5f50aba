from rest_framework import serializers

from demarches.models import PieceJointe
from ecms.api.serializers import ScopedModelSerializer


class CodeDossierSerializer(serializers.Serializer):
    """What opens a dossier to whoever has no account, or has not signed in."""

    code_suivi = serializers.CharField(write_only=True, required=False, max_length=64)


class PieceSerializer(ScopedModelSerializer):
    """A paper of a dossier; `fichier` goes in, `pieces/{id}/fichier` or a signed link gives it
    out."""

    fichier = serializers.FileField(write_only=True)
    code_suivi = serializers.CharField(write_only=True, required=False, max_length=64)

    class Meta:
        model = PieceJointe
        fields = [
            "id",
            "champ",
            "fichier",
            "code_suivi",
            "nom_original",
            "type_mime",
            "taille",
            "sha256",
            "date_creation",
        ]
        read_only_fields = ["nom_original", "type_mime", "taille", "sha256", "date_creation"]


class LienSerializer(serializers.Serializer):
    """An address that opens one file, without any sign-in, for `expires_in` seconds."""

    url = serializers.URLField(read_only=True)
    expires_in = serializers.IntegerField(read_only=True)
