from django.utils.translation import gettext as _
from phonenumber_field.serializerfields import PhoneNumberField
from rest_framework import serializers

from ecms.api.serializers import LineInput, ScopedModelSerializer
from evenements.models import InscriptionEvenement
from evenements.serializers.abonnes import AdresseField
from evenements.workflow import StatutInscription

# The column is smallint; what an event allows is checked by the service.
PERSONNES_AU_PLUS = 32_767


class EvenementInscritSerializer(serializers.Serializer):
    """What the holder of a registration needs of its event."""

    id = serializers.IntegerField()
    mairie = serializers.CharField(source="mairie.slug")
    titre = serializers.CharField()
    slug = serializers.CharField()
    debut = serializers.DateTimeField()
    fin = serializers.DateTimeField()
    journee_entiere = serializers.BooleanField()
    lieu = serializers.CharField()
    statut = serializers.CharField()
    date_a_confirmer = serializers.BooleanField()


class InscriptionSerializer(ScopedModelSerializer):
    """A registration, as whoever holds it and the mairie's agents see it."""

    evenement = EvenementInscritSerializer(read_only=True)
    rang = serializers.SerializerMethodField(
        help_text="On the waiting list: 1 gets the next place. Null off it."
    )

    class Meta:
        model = InscriptionEvenement
        fields = [
            "id",
            "evenement",
            "nom",
            "email",
            "telephone",
            "nombre_personnes",
            "statut",
            "rang",
            "langue",
            "date_creation",
            "date_modification",
        ]
        read_only_fields = fields

    def get_rang(self, inscription) -> int | None:
        if inscription.statut != StatutInscription.EN_ATTENTE:
            return None
        return inscription.rang_actuel


class InscriptionPriseSerializer(InscriptionSerializer):
    """What whoever registered is told, once: `code` opens the registration to whoever holds it."""

    code = serializers.CharField(read_only=True)

    class Meta(InscriptionSerializer.Meta):
        fields = [*InscriptionSerializer.Meta.fields, "code"]
        read_only_fields = fields


class InscriptionDemandeeSerializer(serializers.Serializer):
    """A registration. With an account, `email` is the account's unless given. `site_web` is a trap
    for programs: people do not see the field, and leave it empty."""

    nom = LineInput(max_length=150)
    email = AdresseField(required=False, max_length=254)
    telephone = PhoneNumberField(required=False, allow_blank=True)
    nombre_personnes = serializers.IntegerField(default=1, min_value=1, max_value=PERSONNES_AU_PLUS)
    langue = serializers.ChoiceField(
        InscriptionEvenement._meta.get_field("langue").choices,
        required=False,
        help_text="Of the mails; by default that of the request.",
    )
    site_web = serializers.CharField(required=False, allow_blank=True, write_only=True)

    def validate(self, attrs):
        user = self.context["request"].user
        sienne = user.email if user.is_authenticated and not user.is_staff else None
        attrs["email"] = attrs.get("email") or sienne
        if not attrs["email"]:
            message = _("Donnez une adresse électronique.")
            raise serializers.ValidationError({"email": [message]})
        return attrs


class CodeInscriptionSerializer(serializers.Serializer):
    """The secret of the registration, for whoever has no account."""

    code = serializers.CharField(write_only=True, required=False, max_length=64)
