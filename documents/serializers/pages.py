from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from documents.models import PageCMS
from documents.workflow import Statut
from ecms.api.serializers import ScopedModelSerializer, ScopedRelatedField
from ecms.scoping import scoped

COMMON = [
    "id",
    "mairie",
    "titre",
    "slug",
    "parent",
    "ordre",
    "afficher_dans_menu",
    "image_bandeau",
    "meta_titre",
    "meta_description",
    "date_modification",
]
# For the staff of the mairie alone.
STAFF = ["statut", "date_creation"]


class PageParenteField(ScopedRelatedField):
    """The page above: one that the caller keeps, for others may read those of every mairie."""

    def get_queryset(self):
        pages = scoped(super().get_queryset(), self.context["request"].user)
        page = self.parent.instance
        return pages.filter(mairie=page.mairie_id) if isinstance(page, PageCMS) else pages


class PageListSerializer(ScopedModelSerializer):
    """One line of the pages."""

    reserved = frozenset(STAFF)

    parent = PageParenteField(queryset=PageCMS.objects.all(), required=False, allow_null=True)

    class Meta:
        model = PageCMS
        fields = [*COMMON, *STAFF]
        read_only_fields = ["slug", "date_creation", "date_modification"]

    def to_representation(self, page):
        data = super().to_representation(page)
        if "statut" not in data and page.statut_du_parent != Statut.PUBLIEE:
            data["parent"] = None
        return data


class PageSerializer(PageListSerializer):
    """A page, whole; `contenu` is sanitised when it is written."""

    class Meta(PageListSerializer.Meta):
        fields = [*PageListSerializer.Meta.fields, "contenu"]


class EntreeDeMenuSerializer(serializers.Serializer):
    """A page in the menu, with the entries under it."""

    id = serializers.IntegerField()
    titre = serializers.CharField()
    slug = serializers.CharField()
    enfants = serializers.SerializerMethodField()

    @extend_schema_field({"type": "array", "items": {"$ref": "#/components/schemas/EntreeDeMenu"}})
    def get_enfants(self, entree) -> list:
        return EntreeDeMenuSerializer(entree.enfants, many=True).data


class MenuSerializer(serializers.Serializer):
    """The menu of one mairie."""

    mairie = serializers.CharField(source="mairie.slug")
    mairie_nom = serializers.CharField(source="mairie.nom")
    pages = EntreeDeMenuSerializer(many=True)
