from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from demarches.models import Suivi
from demarches.services.suivi import libelle_statut
from ecms.api.serializers import ScopedModelSerializer

# Told to the mairie's agents alone.
DE_LA_MAIRIE = ["auteur_nom", "est_visible"]


class SuiviSerializer(ScopedModelSerializer):
    """One line of a history. A citizen reads which side acted, an agent who did."""

    told_to_some = frozenset(DE_LA_MAIRIE)
    origine_display = serializers.SerializerMethodField()
    nouveau_statut_display = serializers.SerializerMethodField()
    auteur_nom = serializers.SerializerMethodField()

    class Meta:
        model = Suivi
        fields = [
            "id",
            "nature",
            "origine",
            "origine_display",
            "ancien_statut",
            "nouveau_statut",
            "nouveau_statut_display",
            "message",
            "auteur_nom",
            "est_visible",
            "date_creation",
        ]
        read_only_fields = fields

    def get_origine_display(self, suivi) -> str:
        return origine_dite(suivi)

    def get_nouveau_statut_display(self, suivi) -> str:
        return libelle_statut(suivi, suivi.nouveau_statut)

    def get_auteur_nom(self, suivi) -> str:
        auteur = suivi.auteur
        return auteur.get_full_name() or auteur.username if auteur else ""

    def to_representation(self, suivi):
        data = super().to_representation(suivi)
        if not self.context["view"].cote_mairie:
            for name in DE_LA_MAIRIE:
                data.pop(name, None)
        return data


class NumeroEtCodeSerializer(serializers.Serializer):
    """The number of a dossier or a report, and the secret that goes with it; any case, with
    dashes or without."""

    numero_suivi = serializers.CharField(max_length=40, write_only=True)
    code_suivi = serializers.CharField(max_length=64, write_only=True)


class LignePubliqueSerializer(serializers.Serializer):
    """One line of the public history; `message` is the mairie's, never the citizen's."""

    date = serializers.DateTimeField(source="date_creation", read_only=True)
    nature = serializers.CharField(read_only=True)
    origine = serializers.CharField(read_only=True)
    origine_display = serializers.SerializerMethodField()
    statut = serializers.CharField(source="nouveau_statut", read_only=True)
    statut_display = serializers.SerializerMethodField()
    message = serializers.SerializerMethodField()

    def get_origine_display(self, suivi) -> str:
        return origine_dite(suivi)

    def get_statut_display(self, suivi) -> str:
        return libelle_statut(suivi, suivi.nouveau_statut)

    def get_message(self, suivi) -> str:
        return "" if suivi.origine == Suivi.Origine.DEMANDEUR else suivi.message


class PieceDemandeeSerializer(serializers.Serializer):
    date = serializers.DateTimeField(source="date_creation", read_only=True)
    motif = serializers.CharField(source="message", read_only=True)


class SuiviPublicSerializer(serializers.Serializer):
    """Where a dossier or a report stands: nothing of who filed it, nor of what was answered."""

    objet = serializers.ChoiceField(["demarche", "signalement"], read_only=True)
    id = serializers.IntegerField(source="ligne.pk", read_only=True)
    numero_suivi = serializers.CharField(source="ligne.numero_suivi", read_only=True)
    mairie = serializers.CharField(source="ligne.mairie.slug", read_only=True)
    mairie_nom = serializers.CharField(source="ligne.mairie.nom", read_only=True)
    intitule = serializers.CharField(read_only=True)
    statut = serializers.CharField(source="ligne.statut", read_only=True)
    statut_display = serializers.CharField(source="ligne.get_statut_display", read_only=True)
    echeance = serializers.DateField(read_only=True, allow_null=True)
    dates = serializers.SerializerMethodField()
    piece_demandee = PieceDemandeeSerializer(read_only=True, allow_null=True)
    historique = LignePubliqueSerializer(many=True, read_only=True)

    @extend_schema_field(
        {"type": "object", "additionalProperties": {"type": "string", "nullable": True}}
    )
    def get_dates(self, suivi_public) -> dict:
        field = serializers.DateTimeField()
        return {
            name: date and field.to_representation(date)
            for name, date in suivi_public.dates.items()
        }


def origine_dite(suivi: Suivi) -> str:
    """Which side acted, in the words of a citizen."""
    if suivi.origine == Suivi.Origine.AGENT:
        return _("La mairie")
    return suivi.get_origine_display()
