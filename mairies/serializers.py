from django.utils import timezone
from rest_framework import serializers

from ecms.api.serializers import MairieField, ScopedModelSerializer
from ecms.files import discarded_on_error
from ecms.scoping import manages
from mairies.models import DemandeCreationSite, Mairie, MairieQuerySet, ServiceMunicipal
from mairies.occupations import hors_horaires

# What anyone may know of a mairie whose space is not open.
IDENTITY = ["id", "nom", "slug", "type", "region", "departement", "statut"]
SPACE = [
    "adresse",
    "telephone",
    "email",
    "site_web",
    "latitude",
    "longitude",
    "population",
    "logo",
    "banniere",
    "couleur_primaire",
    "couleur_secondaire",
    "slogan",
    "nom_maire",
    "photo_maire",
    "horaires",
    "jours_fermes",
    "bandeau",
    "bandeau_fin",
]
# The JSON of the calendars, as mairies.horaires takes it.
HOURS = {
    "type": "object",
    "additionalProperties": {
        "type": "array",
        "items": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2},
    },
    "example": {"lundi": [["07:30", "15:30"]]},
}
DATES = {"type": "array", "items": {"type": "string", "format": "date"}}
CLOSINGS = {"type": "array", "items": {"type": "object", "additionalProperties": True}}
DISCREET = frozenset({*SPACE, *MairieQuerySet.PAGES, "date_activation"})
# What only the answer to a change says, and no entity tag therefore counts.
HORS_HORAIRES = "rendez_vous_hors_horaires"


class IdentiteSerializer(ScopedModelSerializer):
    """What anyone may know of any mairie."""

    class Meta:
        model = Mairie
        fields = IDENTITY
        read_only_fields = fields


class MairieListSerializer(ScopedModelSerializer):
    """One line of the directory."""

    emptied = DISCREET

    class Meta:
        model = Mairie
        fields = [*IDENTITY, "latitude", "longitude", "logo"]
        read_only_fields = fields

    def to_representation(self, mairie):
        return _discreet(super().to_representation(mairie), mairie, self.context["request"].user)


class MairieSerializer(ScopedModelSerializer):
    """A mairie and its space; of a space that is not open only the identity."""

    emptied = DISCREET
    shapes = {"horaires": HOURS, "jours_fermes": DATES}

    class Meta:
        model = Mairie
        fields = [*IDENTITY, *SPACE, *MairieQuerySet.PAGES, "date_activation"]
        read_only_fields = [*IDENTITY, "date_activation"]

    def update(self, mairie, validated_data):
        for name, value in validated_data.items():
            setattr(mairie, name, value)
        with discarded_on_error(mairie):
            mairie.save()
        return mairie

    def to_representation(self, mairie):
        user = self.context["request"].user
        data = _discreet(super().to_representation(mairie), mairie, user)
        if _is_over(mairie.bandeau_fin) and not manages(user, mairie.pk):
            data |= {"bandeau": "", "bandeau_fin": None}
        return data


def _discreet(data: dict, mairie: Mairie, user) -> dict:
    if mairie.est_active or manages(user, mairie.pk):
        return data
    known = {*IDENTITY, *(f"{name}_display" for name in IDENTITY)}
    return {name: value if name in known else None for name, value in data.items()}


def _is_over(end) -> bool:
    return end is not None and end <= timezone.now()


class ServiceMunicipalSerializer(ScopedModelSerializer):
    shapes = {"horaires": HOURS, "fermetures": CLOSINGS}

    class Meta:
        model = ServiceMunicipal
        fields = [
            "id",
            "mairie",
            "nom",
            "description",
            "responsable",
            "telephone",
            "email",
            "localisation",
            "icone",
            "ordre",
            "est_actif",
            "horaires",
            "rdv_en_ligne",
            "duree_rdv",
            "guichets",
            "preavis_heures",
            "horizon_jours",
            "annulation_heures",
            "deplacement_heures",
            "fermetures",
            "categories_signalements",
        ]

    def validate_categories_signalements(self, categories):
        return sorted(set(categories))


class OccupationSerializer(serializers.Serializer):
    """An appointment that the hours of its service do not hold any more."""

    nature = serializers.CharField()
    id = serializers.IntegerField()
    debut = serializers.DateTimeField()
    fin = serializers.DateTimeField()
    nom = serializers.CharField()


class ServiceModifieSerializer(ServiceMunicipalSerializer):
    """A service that was changed, and who is booked outside its hours: nothing is cancelled."""

    rendez_vous_hors_horaires = serializers.SerializerMethodField(
        help_text="To come; as far as the caller may read appointments."
    )

    class Meta(ServiceMunicipalSerializer.Meta):
        fields = [*ServiceMunicipalSerializer.Meta.fields, HORS_HORAIRES]

    def get_rendez_vous_hors_horaires(self, service) -> OccupationSerializer(many=True):
        return _hors_horaires([service], self.context["request"].user)


class MairieModifieeSerializer(MairieSerializer):
    """A mairie that was changed, and who is booked at its services outside their hours."""

    rendez_vous_hors_horaires = serializers.SerializerMethodField(
        help_text="To come; as far as the caller may read appointments."
    )

    class Meta(MairieSerializer.Meta):
        fields = [*MairieSerializer.Meta.fields, HORS_HORAIRES]

    def get_rendez_vous_hors_horaires(self, mairie) -> OccupationSerializer(many=True):
        return _hors_horaires(mairie.services.all(), self.context["request"].user)


def _hors_horaires(concernes, user) -> list[dict]:
    return OccupationSerializer(hors_horaires(concernes, par=user), many=True).data


class DemandeCreationSiteSerializer(ScopedModelSerializer):
    """A request to open a mairie's space; the proof is released by `justificatif`."""

    mairie = MairieField(queryset=Mairie.objects.all())

    class Meta:
        model = DemandeCreationSite
        fields = [
            "id",
            "mairie",
            "nom_demandeur",
            "fonction_demandeur",
            "email",
            "telephone",
            "message",
            "justificatif",
            "statut",
            "motif_rejet",
            "date_traitement",
            "date_creation",
        ]
        read_only_fields = ["statut", "motif_rejet", "date_traitement", "date_creation"]


class DemandeDeposeeSerializer(serializers.Serializer):
    """What whoever filed a request is told; nothing of it can be read back."""

    mairie = serializers.CharField(source="mairie.slug", read_only=True)
    statut = serializers.CharField(read_only=True)
    detail = serializers.CharField(read_only=True)


class RejetSerializer(serializers.Serializer):
    motif_rejet = serializers.CharField(max_length=2000)


class DepartementSerializer(serializers.Serializer):
    code = serializers.CharField()
    nom = serializers.CharField()
    chef_lieu = serializers.CharField()
    mairies = serializers.IntegerField()
    mairies_actives = serializers.IntegerField()


class RegionSerializer(serializers.Serializer):
    region = serializers.CharField(help_text="ASCII code.")
    region_display = serializers.CharField()
    mairies = serializers.IntegerField()
    communes = serializers.IntegerField()
    communautes_urbaines = serializers.IntegerField()
    mairies_actives = serializers.IntegerField()
    departements = DepartementSerializer(many=True)
