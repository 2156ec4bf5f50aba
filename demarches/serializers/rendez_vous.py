from django.utils.translation import gettext as _
from phonenumber_field.serializerfields import PhoneNumberField
from rest_framework import serializers

from demarches.models import RendezVous
from demarches.services.rendez_vous import limite
from ecms.api.serializers import (
    LineInput,
    MomentInput,
    ScopedModelSerializer,
    ScopedRelatedField,
)
from mairies.models import ServiceMunicipal

MESSAGE_AU_PLUS = 1000
# What agents change of an appointment.
CONTACT = {"nom", "email", "telephone", "motif"}


class RendezVousSerializer(ScopedModelSerializer):
    """An appointment, as its owner and the mairie's agents see it."""

    service_nom = serializers.CharField(source="service.nom", read_only=True)
    annulable_jusqu_a = serializers.SerializerMethodField(
        help_text="Until when the citizen may cancel."
    )
    deplacable_jusqu_a = serializers.SerializerMethodField(
        help_text="Until when the citizen may move it."
    )

    class Meta:
        model = RendezVous
        fields = [
            "id",
            "mairie",
            "service",
            "service_nom",
            "guichet",
            "nom",
            "email",
            "telephone",
            "motif",
            "debut",
            "fin",
            "statut",
            "langue",
            "sequence",
            "annulable_jusqu_a",
            "deplacable_jusqu_a",
            "date_rappel",
            "date_creation",
            "date_modification",
        ]
        read_only_fields = fields

    def get_annulable_jusqu_a(self, rendez_vous) -> serializers.DateTimeField():
        return _moment(limite(rendez_vous, rendez_vous.service.annulation_heures))

    def get_deplacable_jusqu_a(self, rendez_vous) -> serializers.DateTimeField():
        return _moment(limite(rendez_vous, rendez_vous.service.deplacement_heures))


class ContactRendezVousSerializer(RendezVousSerializer):
    """An appointment whose contact an agent writes anew; what else the body holds is ignored."""

    class Meta(RendezVousSerializer.Meta):
        read_only_fields = [n for n in RendezVousSerializer.Meta.fields if n not in CONTACT]


class RendezVousPrisSerializer(RendezVousSerializer):
    """What whoever booked is told, once: `code` opens the appointment to whoever holds it."""

    code = serializers.CharField(read_only=True)

    class Meta(RendezVousSerializer.Meta):
        fields = [*RendezVousSerializer.Meta.fields, "code"]
        read_only_fields = fields


class ReservationSerializer(serializers.Serializer):
    """A booking. Without an account it takes an address or a telephone number."""

    service = ScopedRelatedField(queryset=ServiceMunicipal.objects.all())
    debut = MomentInput()
    nom = LineInput(max_length=150)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    telephone = PhoneNumberField(required=False, allow_blank=True)
    motif = LineInput(required=False, allow_blank=True, max_length=500)
    langue = serializers.ChoiceField(
        RendezVous._meta.get_field("langue").choices,
        required=False,
        help_text="Of the mails; by default that of the request.",
    )

    def validate(self, attrs):
        user = self.context["request"].user
        joignable = attrs.get("email") or attrs.get("telephone")
        if not joignable and (user.is_staff or not user.is_authenticated):
            message = _("Donnez une adresse électronique ou un numéro de téléphone.")
            raise serializers.ValidationError({"email": [message]})
        return attrs


class CodeRendezVousSerializer(serializers.Serializer):
    """The secret of the appointment, for whoever has no account."""

    code = serializers.CharField(write_only=True, required=False, max_length=64)


class AnnulationSerializer(CodeRendezVousSerializer):
    message = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=MESSAGE_AU_PLUS,
        help_text="Mailed to whoever holds the appointment when the mairie cancels.",
    )


class DeplacementSerializer(CodeRendezVousSerializer):
    debut = MomentInput()


class CreneauSerializer(serializers.Serializer):
    debut = serializers.DateTimeField()
    fin = serializers.DateTimeField()
    libres = serializers.IntegerField(help_text="How many may be booked at this start.")


class JourSerializer(serializers.Serializer):
    date = serializers.DateField()
    ferme = serializers.BooleanField(help_text="The service is closed all day.")
    creneaux = CreneauSerializer(many=True)


class CreneauxSerializer(serializers.Serializer):
    """The free places of a service, day by day."""

    service = serializers.IntegerField()
    mairie = serializers.CharField()
    du = serializers.DateField()
    au = serializers.DateField()
    duree_rdv = serializers.IntegerField(help_text="Minutes.")
    jours = JourSerializer(many=True)


def _moment(moment):
    return serializers.DateTimeField().to_representation(moment)
