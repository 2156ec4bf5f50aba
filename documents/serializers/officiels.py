from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from documents.models import DocumentOfficiel
from ecms.api.serializers import ScopedModelSerializer, ScopedRelatedField
from ecms.scoping import manages

COMMON = [
    "id",
    "mairie",
    "titre",
    "type",
    "numero_reference",
    "date_document",
    "annee",
    "description",
    "fichier",
    "fichier_url",
    "nom_original",
    "type_mime",
    "taille",
    "sha256",
    "date_publication",
    "en_vigueur",
    "remplace_par",
    "date_modification",
]
# For the staff of the mairie alone.
STAFF = ["est_public", "nombre_telechargements", "auteur", "date_creation"]


def remplacant_de(document: DocumentOfficiel, user) -> DocumentOfficiel | None:
    """What replaces `document`, as far as `user` may know of it."""
    remplacant = document.remplace_par
    if remplacant is None or manages(user, document.mairie_id):
        return remplacant
    since = remplacant.date_publication
    return remplacant if remplacant.est_public and since <= timezone.now() else None


class RemplacantField(ScopedRelatedField):
    """The document that replaces this one: out as `{id, titre, numero_reference}`; in as its id,
    or as it came out."""

    def use_pk_only_optimization(self):
        return False

    def get_attribute(self, document):
        return remplacant_de(document, self.context["request"].user)

    def to_internal_value(self, data):
        return super().to_internal_value(data.get("id") if isinstance(data, dict) else data)

    def to_representation(self, value):
        return {
            "id": value.pk,
            "titre": value.titre,
            "numero_reference": value.numero_reference,
        }

    def get_choices(self, cutoff=None):
        return {}


class RemplacantSchema(OpenApiSerializerFieldExtension):
    target_class = RemplacantField

    def map_serializer_field(self, auto_schema, direction):
        if direction == "request":
            return {"type": "integer", "nullable": True}
        texts = {name: {"type": "string"} for name in ("titre", "numero_reference")}
        return {
            "type": "object",
            "nullable": True,
            "properties": {"id": {"type": "integer"}, **texts},
            "required": ["id", "titre", "numero_reference"],
        }


class DocumentOfficielSerializer(ScopedModelSerializer):
    """An official document; `annee` is that of `date_document` unless it is given."""

    reserved = frozenset(STAFF)

    nombre_telechargements = serializers.IntegerField(
        source="telechargements", read_only=True, default=0
    )
    remplace_par = RemplacantField(
        queryset=DocumentOfficiel.objects.all(), allow_null=True, required=False
    )
    en_vigueur = serializers.SerializerMethodField()
    fichier_url = serializers.SerializerMethodField()

    class Meta:
        model = DocumentOfficiel
        fields = [*COMMON, *STAFF]
        read_only_fields = ["nom_original", "auteur", "date_creation", "date_modification"]
        extra_kwargs = {"annee": {"required": False}}

    def get_en_vigueur(self, document) -> bool:
        return remplacant_de(document, self.context["request"].user) is None

    @extend_schema_field(OpenApiTypes.URI)
    def get_fichier_url(self, document):
        url = reverse("documentofficiel-fichier", args=[document.pk])
        return self.context["request"].build_absolute_uri(url)

    def validate(self, data):
        known = getattr(self.instance, "annee", None)
        if data.get("annee", known) is None:
            if not data.get("date_document"):
                raise serializers.ValidationError(
                    {"annee": [_("Précisez l'année, ou la date du document.")]}
                )
            data["annee"] = data["date_document"].year
        return data
