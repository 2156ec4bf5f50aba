from rest_framework import serializers

from documents import services
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
]
# What readers have no use for.
STAFF = ["statut", "statut_display", "nombre_vues", "auteur", "date_creation", "date_modification"]


class ActualiteListSerializer(ScopedModelSerializer):
    """One line of the news."""

    nombre_vues = serializers.IntegerField(source="vues", read_only=True, default=0)

    class Meta:
        model = Actualite
        fields = [*COMMON, "statut", "nombre_vues", "auteur", "date_creation", "date_modification"]
        read_only_fields = ["slug", "auteur", "date_creation", "date_modification"]

    def get_fields(self):
        fields = super().get_fields()
        if not _is_staff(self.context):
            fields = {name: field for name, field in fields.items() if name not in STAFF}
        return fields


class ActualiteSerializer(ActualiteListSerializer):
    """A news item, whole; `contenu` is sanitised when it is written."""

    class Meta(ActualiteListSerializer.Meta):
        fields = [*ActualiteListSerializer.Meta.fields, "contenu"]

    def create(self, validated_data):
        auteur = self.context["request"].user
        return services.creer_actualite(Actualite(**validated_data), auteur=auteur)

    def update(self, instance, validated_data):
        ancien_statut = instance.statut
        for name, value in validated_data.items():
            setattr(instance, name, value)
        return services.modifier_actualite(instance, ancien_statut=ancien_statut)


def _is_staff(context) -> bool:
    request = context.get("request")
    return request is None or request.user.is_staff
