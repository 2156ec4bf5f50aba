from rest_framework import serializers

from demarches.models import Formulaire
from demarches.services.formulaires import delai_constate
from ecms.api.serializers import ScopedModelSerializer, ScopedRelatedField
from ecms.scoping import manages, scoped
from mairies.models import ServiceMunicipal

OBJECTS = {"type": "array", "items": {"type": "object", "additionalProperties": True}}


class ServiceDuFormulaireField(ScopedRelatedField):
    """The service that answers: one of the caller's mairie, for others may be read by all."""

    def get_queryset(self):
        services = scoped(super().get_queryset(), self.context["request"].user)
        formulaire = self.parent.instance
        if isinstance(formulaire, Formulaire):
            return services.filter(mairie=formulaire.mairie_id)
        return services


class FormulaireListSerializer(ScopedModelSerializer):
    """One line of the procedures: what it costs (XAF), how long it takes (working days), and
    whether it can be filed online. `email_notification` is told to the staff alone."""

    told_to_some = frozenset({"email_notification"})
    service = ServiceDuFormulaireField(
        queryset=ServiceMunicipal.objects.all(), required=False, allow_null=True
    )
    service_nom = serializers.CharField(source="service.nom", default=None, read_only=True)

    class Meta:
        model = Formulaire
        fields = [
            "id",
            "mairie",
            "service",
            "service_nom",
            "nom",
            "slug",
            "type",
            "cout_xaf",
            "delai_jours",
            "base_legale",
            "en_ligne",
            "necessite_compte",
            "est_actif",
            "version",
            "duree_conservation_jours",
            "email_notification",
            "date_creation",
            "date_modification",
        ]
        read_only_fields = ["slug", "version", "date_creation", "date_modification"]

    def to_representation(self, formulaire):
        data = super().to_representation(formulaire)
        if not manages(self.context["request"].user, formulaire.mairie_id):
            del data["email_notification"]
        return data


class FormulaireSerializer(FormulaireListSerializer):
    """A procedure, whole, with its questions and papers. `delai_constate_jours` is the median
    number of days that dossiers took in the last year, null where there are too few."""

    shapes = {"champs": OBJECTS, "pieces_requises": OBJECTS}
    delai_constate_jours = serializers.SerializerMethodField()

    class Meta(FormulaireListSerializer.Meta):
        fields = [
            *FormulaireListSerializer.Meta.fields,
            "description",
            "champs",
            "pieces_requises",
            "delai_constate_jours",
        ]

    def get_delai_constate_jours(self, formulaire) -> int | None:
        return delai_constate(formulaire)
