from datetime import UTC, datetime

from django.utils.translation import gettext as _
from rest_framework import serializers

from ecms.api.serializers import MomentInput, ScopedModelSerializer
from evenements.models import Evenement
from evenements.recurrences import OCCURRENCES
from evenements.services.evenements import Portee
from evenements.services.inscriptions import inscriptions_ouvertes

# What is outside has no midnight before or behind it.
PLUS_TOT, PLUS_TARD = datetime(1990, 1, 1, tzinfo=UTC), datetime(2190, 1, 1, tzinfo=UTC)
MESSAGE_AU_PLUS = 1000
# Said once, when the event is made.
A_LA_CREATION = ("recurrence", "recurrence_fin", "recurrence_nombre")


class MomentField(MomentInput):
    """A moment of these two centuries; without a zone it is Douala's."""

    def to_internal_value(self, value):
        moment = super().to_internal_value(value)
        if not PLUS_TOT <= moment <= PLUS_TARD:
            self.fail("overflow")
        return moment


class EvenementListSerializer(ScopedModelSerializer):
    """One line of the agenda."""

    debut = MomentField()
    fin = MomentField()
    places_libres = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="Null when places are not counted."
    )
    inscriptions_ouvertes = serializers.SerializerMethodField(
        help_text="Whoever registers now gets a place, or a rank on the waiting list."
    )

    class Meta:
        model = Evenement
        fields = [
            "id",
            "mairie",
            "titre",
            "slug",
            "categorie",
            "debut",
            "fin",
            "journee_entiere",
            "lieu",
            "latitude",
            "longitude",
            "image",
            "statut",
            "date_a_confirmer",
            "inscription_requise",
            "capacite",
            "places_libres",
            "liste_attente",
            "inscriptions_ouvertes",
            "recurrence",
            "serie",
            "date_creation",
            "date_modification",
        ]
        read_only_fields = [
            "slug",
            "statut",
            "date_a_confirmer",
            "serie",
            "date_creation",
            "date_modification",
        ]

    def get_inscriptions_ouvertes(self, evenement) -> bool:
        return inscriptions_ouvertes(evenement)


class EvenementSerializer(EvenementListSerializer):
    """An event, whole. A recurrence is said when it is made, with its last day or how often."""

    inscription_debut = MomentField(required=False, allow_null=True)
    inscription_fin = MomentField(required=False, allow_null=True)
    recurrence_nombre = serializers.IntegerField(
        write_only=True, required=False, allow_null=True, min_value=2, max_value=OCCURRENCES
    )

    class Meta(EvenementListSerializer.Meta):
        fields = [
            *EvenementListSerializer.Meta.fields,
            "description",
            "contact",
            "message",
            "inscription_debut",
            "inscription_fin",
            "personnes_max_par_inscription",
            "recurrence_fin",
            "recurrence_nombre",
            "sequence",
        ]
        read_only_fields = [
            *EvenementListSerializer.Meta.read_only_fields,
            "message",
            "sequence",
        ]

    def validate(self, attrs):
        if self.instance is not None:
            return self._sans_recurrence(attrs)
        return attrs

    def _sans_recurrence(self, attrs):
        """What a client sends back unchanged is no wish to change it."""
        for name in A_LA_CREATION:
            value = attrs.pop(name, None)
            if value and value != getattr(self.instance, name, None):
                message = _("La récurrence se choisit à la création.")
                raise serializers.ValidationError({name: [message]})
        return attrs


class MessageField(serializers.CharField):
    def __init__(self, **kwargs):
        super().__init__(
            required=False,
            allow_blank=True,
            max_length=MESSAGE_AU_PLUS,
            help_text="Shown with the event, and mailed to whoever is registered.",
            **kwargs,
        )


class PorteeSerializer(serializers.Serializer):
    """What of a series is meant."""

    portee = serializers.ChoiceField(Portee.choices, default=Portee.OCCURRENCE)

    def validate_portee(self, value):
        return Portee(value)


class AnnulationEvenementSerializer(PorteeSerializer):
    message = MessageField()


class ReportSerializer(serializers.Serializer):
    """Without `debut`, the new date is not known yet."""

    debut = MomentField(required=False, allow_null=True)
    fin = MomentField(required=False, allow_null=True)
    message = MessageField()

    def validate(self, attrs):
        if attrs.get("fin") and not attrs.get("debut"):
            message = _("Donnez aussi le nouveau début.")
            raise serializers.ValidationError({"debut": [message]})
        return attrs


class JourCalendrierSerializer(serializers.Serializer):
    date = serializers.DateField()
    evenements = serializers.ListField(
        child=serializers.IntegerField(), help_text="Ids, in the order of their beginning."
    )


class EvenementCalendrierSerializer(ScopedModelSerializer):
    class Meta:
        model = Evenement
        fields = [
            "id",
            "titre",
            "slug",
            "categorie",
            "debut",
            "fin",
            "journee_entiere",
            "lieu",
            "statut",
            "date_a_confirmer",
        ]
        read_only_fields = fields


class CalendrierSerializer(serializers.Serializer):
    """A month: the days on which something is, and what it is. `complet` is false when there was
    more than one answer holds."""

    mairie = serializers.CharField()
    mois = serializers.CharField(help_text="YYYY-MM")
    complet = serializers.BooleanField()
    jours = JourCalendrierSerializer(many=True)
    evenements = EvenementCalendrierSerializer(many=True)
