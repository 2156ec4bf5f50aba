from rest_framework import serializers

from documents.models import Actualite
from ecms.api.serializers import ScopedModelSerializer
from ecms.scoping import manages

COMMON = [
    "id",
    "mairie",
    "titre",
    "slug",
    "resume",
    "image",
    "categorie",
    "date_publication",
    "date_expiration",
    "epinglee",
    "date_modification",
]
# For the staff of the mairie alone.
STAFF = ["statut", "nombre_vues", "auteur", "date_creation"]


class ActualiteListSerializer(ScopedModelSerializer):
    """One line of the news."""

    nombre_vues = serializers.IntegerField(source="vues", read_only=True, default=0)

    class Meta:
        model = Actualite
        fields = [*COMMON, *STAFF]
        read_only_fields = ["slug", "auteur", "date_creation", "date_modification"]

    def to_representation(self, actualite):
        data = super().to_representation(actualite)
        if manages(self.context["request"].user, actualite.mairie_id):
            return data
        hidden = {*STAFF, "statut_display"}
        return {name: value for name, value in data.items() if name not in hidden}


class ActualiteSerializer(ActualiteListSerializer):
    """A news item, whole; `contenu` is sanitised when it is written."""

    class Meta(ActualiteListSerializer.Meta):
        fields = [*ActualiteListSerializer.Meta.fields, "contenu"]
