from rest_framework import serializers

from documents.models import FAQ
from ecms.api.serializers import ScopedModelSerializer

# For the staff of the mairie alone.
STAFF = ["est_active", "date_creation"]


class FAQSerializer(ScopedModelSerializer):
    """A question and its answer; `reponse` is sanitised when it is written."""

    reserved = frozenset(STAFF)

    class Meta:
        model = FAQ
        fields = [
            "id",
            "mairie",
            "question",
            "reponse",
            "categorie",
            "ordre",
            "date_modification",
            *STAFF,
        ]
        read_only_fields = ["date_creation", "date_modification"]


class CategorieSerializer(serializers.Serializer):
    """A category of questions, with how many it has."""

    categorie = serializers.CharField()
    nombre = serializers.IntegerField()
