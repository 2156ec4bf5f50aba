from rest_framework import serializers

from ecms.api.serializers import ScopedModelSerializer
from evenements.models import Newsletter
from evenements.serializers.evenements import MomentField
from evenements.services.envois import avancement


class AvancementSerializer(serializers.Serializer):
    """How many messages are in which state; `pourcentage` of them is dealt with."""

    total = serializers.IntegerField(read_only=True)
    a_envoyer = serializers.IntegerField(read_only=True)
    envoye = serializers.IntegerField(read_only=True)
    refuse = serializers.IntegerField(read_only=True)
    abandonne = serializers.IntegerField(read_only=True)
    pourcentage = serializers.IntegerField(read_only=True)


class NewsletterListSerializer(ScopedModelSerializer):
    """One line of the letters."""

    class Meta:
        model = Newsletter
        fields = [
            "id",
            "mairie",
            "titre",
            "statut",
            "date_envoi",
            "date_fin",
            "auteur",
            "date_creation",
            "date_modification",
        ]
        read_only_fields = [
            "statut",
            "date_envoi",
            "date_fin",
            "auteur",
            "date_creation",
            "date_modification",
        ]


class NewsletterSerializer(NewsletterListSerializer):
    """A letter, whole, with the progress of its sending."""

    avancement = serializers.SerializerMethodField()

    class Meta(NewsletterListSerializer.Meta):
        fields = [*NewsletterListSerializer.Meta.fields, "contenu", "avancement"]

    def get_avancement(self, newsletter) -> AvancementSerializer:
        return AvancementSerializer(avancement(newsletter)).data


class DateEnvoiSerializer(serializers.Serializer):
    """When a letter is to leave."""

    date_envoi = MomentField(write_only=True)
