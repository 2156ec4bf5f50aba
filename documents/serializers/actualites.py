from rest_framework import serializers

from documents.models import Actualite
from ecms.api.serializers import ScopedModelSerializer

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

    reserved = frozenset(STAFF)

    nombre_vues = serializers.IntegerField(source="vues", read_only=True, default=0)

    class Meta:
        model = Actualite
        fields = [*COMMON, *STAFF]
        read_only_fields = ["slug", "auteur", "date_creation", "date_modification"]


class ActualiteSerializer(ActualiteListSerializer):
    """A news item, whole; `contenu` is sanitised when it is written."""

    class Meta(ActualiteListSerializer.Meta):
        fields = [*ActualiteListSerializer.Meta.fields, "contenu"]
