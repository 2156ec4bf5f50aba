from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from demarches.models import PieceJointe, Signalement, Suivi
from demarches.services.signalements import PHOTOS_MAX
from ecms.api.serializers import (
    DegreesField,
    MairieField,
    PublicImageInput,
    ScopedModelSerializer,
)
from ecms.scoping import manages
from mairies.models import Mairie

PERMISSION = "demarches.view_signalement"
# What the person who reported, and the mairie's agents, read besides.
DU_SIGNALEUR = {"numero_suivi", "est_anonyme", "email", "telephone", "langue", "langue_display"}
DES_AGENTS = {
    *("numero_suivi", "est_anonyme", "email", "telephone", "signaleur", "signaleur_nom"),
    *("service", "service_nom", "priorite", "priorite_display", "agent_traitant", "agent_nom"),
}
RESERVES = DU_SIGNALEUR | DES_AGENTS
# What says who reported: nobody of the mairie reads it of an anonymous report.
PERSONNELS = {"email", "telephone", "signaleur", "signaleur_nom"}


def est_agent(user, signalement: Signalement) -> bool:
    """Whether `user` reads the report as staff of its mairie."""
    return manages(user, signalement.mairie_id) and user.has_perm(PERMISSION)


def est_signaleur(user, signalement: Signalement) -> bool:
    return user.is_authenticated and user.pk == signalement.signaleur_id


class PhotoSerializer(ScopedModelSerializer):
    """A photo of a report, in two widths; a hidden one is shown to agents alone."""

    class Meta:
        model = PieceJointe
        fields = ["id", "photo", "est_visible", "date_creation"]
        read_only_fields = ["photo", "date_creation"]


class PhotoInputSerializer(serializers.Serializer):
    photo = PublicImageInput(write_only=True)
    code_suivi = serializers.CharField(required=False, write_only=True, max_length=64)


class SignalementListSerializer(ScopedModelSerializer):
    """One line of the reports. Anyone reads what the problem is; its number and contact are for
    whoever reported it and for the mairie's agents, to whom an anonymous one stays anonymous."""

    told_to_some = RESERVES
    photos = PhotoSerializer(many=True, read_only=True)
    service_nom = serializers.CharField(source="service.nom", read_only=True, default=None)
    signaleur_nom = serializers.CharField(
        source="signaleur.get_full_name", read_only=True, default=None
    )
    agent_nom = serializers.CharField(
        source="agent_traitant.get_full_name", read_only=True, default=None
    )

    class Meta:
        model = Signalement
        fields = [
            "id",
            "mairie",
            "categorie",
            "titre",
            "description",
            "adresse",
            "repere",
            "latitude",
            "longitude",
            "statut",
            "doublon_de",
            "photos",
            "date_creation",
            "date_modification",
            "date_prise_en_charge",
            "date_prevue",
            "date_resolution",
            "date_rejet",
            "numero_suivi",
            "est_anonyme",
            "email",
            "telephone",
            "langue",
            "signaleur",
            "signaleur_nom",
            "service",
            "service_nom",
            "priorite",
            "agent_traitant",
            "agent_nom",
        ]
        read_only_fields = [n for n in fields if n not in {"categorie", "service", "priorite"}]

    def to_representation(self, signalement):
        data = super().to_representation(signalement)
        shown = self._shown(signalement)
        for name in RESERVES - shown:
            data.pop(name, None)
        if not est_agent(self.context["request"].user, signalement):
            data["photos"] = [photo for photo in data["photos"] if photo["est_visible"]]
        return data

    def _shown(self, signalement) -> set[str]:
        user, shown = self.context["request"].user, set()
        if est_agent(user, signalement):
            shown |= DES_AGENTS - (PERSONNELS if signalement.est_anonyme else set())
        if est_signaleur(user, signalement) or self.context.get("par_code"):
            shown |= DU_SIGNALEUR
        return shown


class SignalementSerializer(SignalementListSerializer):
    """A report, whole."""

    nombre_doublons = serializers.IntegerField(read_only=True)

    class Meta(SignalementListSerializer.Meta):
        fields = [*SignalementListSerializer.Meta.fields, "nombre_doublons"]
        read_only_fields = [*SignalementListSerializer.Meta.read_only_fields, "nombre_doublons"]


class ProcheSerializer(SignalementListSerializer):
    """An open report near a point."""

    distance_m = serializers.SerializerMethodField(help_text="Metres, as the crow flies.")

    class Meta(SignalementListSerializer.Meta):
        fields = [*SignalementListSerializer.Meta.fields, "distance_m"]

    def get_distance_m(self, signalement) -> int:
        return round(signalement.distance_m)


class SignalementCreationSerializer(ScopedModelSerializer):
    """What anyone says of a problem; photos in multipart/form-data."""

    mairie = MairieField(queryset=Mairie.objects.all())
    photos = serializers.ListField(
        child=PublicImageInput(), max_length=PHOTOS_MAX, required=False, write_only=True
    )
    description = serializers.CharField(max_length=5000)
    latitude = DegreesField(at_most=90, allow_null=True)
    longitude = DegreesField(at_most=180, allow_null=True)

    class Meta:
        model = Signalement
        fields = [
            "mairie",
            "categorie",
            "titre",
            "description",
            "adresse",
            "repere",
            "latitude",
            "longitude",
            "email",
            "telephone",
            "est_anonyme",
            "photos",
        ]
        extra_kwargs = {"titre": {"required": False, "allow_blank": True}}

    def validate_mairie(self, mairie: Mairie) -> Mairie:
        if not mairie.est_active:
            raise serializers.ValidationError(_("Cette mairie n'a pas d'espace ouvert."))
        return mairie


class SignalementDeposeSerializer(SignalementSerializer):
    """What whoever reported gets once: besides the report, the secret code to follow it."""

    code_suivi = serializers.CharField(read_only=True)

    class Meta(SignalementSerializer.Meta):
        fields = [*SignalementSerializer.Meta.fields, "code_suivi"]


class MotDeLaMairieSerializer(serializers.Serializer):
    message = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="")


class NoteSignalementSerializer(serializers.Serializer):
    message = serializers.CharField(max_length=5000)


class InterventionSerializer(MotDeLaMairieSerializer):
    date_prevue = serializers.DateField(help_text="The day of the works, not before today.")


class MotifSignalementSerializer(serializers.Serializer):
    motif = serializers.CharField(max_length=2000)


class ReouvertureSignalementSerializer(MotifSignalementSerializer):
    code_suivi = serializers.CharField(required=False, write_only=True, max_length=64)


class DesignationDoublonSerializer(serializers.Serializer):
    doublon_de = serializers.IntegerField(min_value=1, help_text="The id of the original.")


class SuiviSignalementSerializer(serializers.ModelSerializer):
    """One line of what became of a report. The words of citizens, names and notes are left out
    for the public."""

    told_to_some = frozenset({"auteur_nom", "est_visible"})
    ancien_statut_display = serializers.SerializerMethodField()
    nouveau_statut_display = serializers.SerializerMethodField()
    auteur_nom = serializers.CharField(source="auteur.get_full_name", default=None, read_only=True)

    class Meta:
        model = Suivi
        fields = [
            *("nature", "origine", "ancien_statut", "ancien_statut_display", "nouveau_statut"),
            *("nouveau_statut_display", "message", "est_visible", "auteur_nom", "date_creation"),
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.CharField())
    def get_ancien_statut_display(self, suivi):
        return _mot(suivi.ancien_statut)

    @extend_schema_field(serializers.CharField())
    def get_nouveau_statut_display(self, suivi):
        return _mot(suivi.nouveau_statut)

    def to_representation(self, suivi):
        data = super().to_representation(suivi)
        if not self.context["est_agent"]:
            del data["auteur_nom"], data["est_visible"]
        if self.context["est_public"] and suivi.origine == Suivi.Origine.DEMANDEUR:
            data["message"] = ""
        return data


def _mot(statut: str) -> str:
    return str(dict(Signalement._meta.get_field("statut").choices).get(statut, ""))
