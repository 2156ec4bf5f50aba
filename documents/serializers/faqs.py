from rest_framework import serializers

from documents.models import FAQ
from ecms.api.serializers import ScopedModelSerializer
from ecms.scoping import manages

# For the staff of the mairie alone.
STAFF = ["est_active", "date_creation"]


class FAQSerializer(ScopedModelSerializer):
    """A question and its answer; `reponse` is sanitised when it is written."""

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

    def to_representation(self, faq):
        data = super().to_representation(faq)
        if manages(self.context["request"].user, faq.mairie_id):
            return data
        return {name: value for name, value in data.items() if name not in STAFF}


class CategorieSerializer(serializers.Serializer):
    """A category of questions, with how many it has."""

    categorie = serializers.CharField()
    nombre = serializers.IntegerField()
