from rest_framework import serializers

from ecms.api.serializers import ScopedModelSerializer
from ecms.scoping import manages
from projets.models import DocumentProjet, MiseAJourProjet, Projet
from projets.workflow import Statut


class ProjetListSerializer(ScopedModelSerializer):
    """One line of the projects. Progress and spending are those of the latest update."""

    en_retard = serializers.BooleanField(read_only=True)
    depassement_xaf = serializers.IntegerField(read_only=True, allow_null=True)
    taux_depense = serializers.FloatField(read_only=True, allow_null=True)

    class Meta:
        model = Projet
        fields = [
            "id",
            "mairie",
            "titre",
            "slug",
            "categorie",
            "statut",
            "budget_xaf",
            "depense_xaf",
            "depassement_xaf",
            "taux_depense",
            "avancement",
            "en_retard",
            "date_debut",
            "date_fin_prevue",
            "date_fin_reelle",
            "lieu",
            "latitude",
            "longitude",
            "image",
            "est_public",
            "date_creation",
            "date_modification",
        ]
        read_only_fields = [
            "slug",
            "depense_xaf",
            "avancement",
            "date_creation",
            "date_modification",
        ]


class ProjetSerializer(ProjetListSerializer):
    """A project, whole."""

    class Meta(ProjetListSerializer.Meta):
        fields = [
            *ProjetListSerializer.Meta.fields,
            "description",
            "maitre_ouvrage",
            "entreprise",
            "reference_marche",
            "source_financement",
            "responsable",
        ]


class MiseAJourProjetSerializer(ScopedModelSerializer):
    """What was done and spent so far, on a day; `auteur` is told to the staff alone."""

    told_to_some = frozenset({"auteur"})

    class Meta:
        model = MiseAJourProjet
        fields = [
            "id",
            "titre",
            "description",
            "avancement",
            "depense_xaf",
            "motif_baisse",
            "image",
            "date_creation",
            "auteur",
        ]
        read_only_fields = ["auteur", "date_creation"]

    def to_representation(self, mise_a_jour):
        data = super().to_representation(mise_a_jour)
        if not manages(self.context["request"].user, mise_a_jour.projet.mairie_id):
            del data["auteur"]
        return data


class DocumentProjetSerializer(ScopedModelSerializer):
    """A paper of a project; `documents/{id}/fichier` gives the file itself."""

    fichier = serializers.FileField(write_only=True)

    class Meta:
        model = DocumentProjet
        fields = [
            "id",
            "titre",
            "type",
            "fichier",
            "nom_original",
            "taille",
            "type_mime",
            "sha256",
            "est_public",
            "date_creation",
        ]
        read_only_fields = ["nom_original", "taille", "type_mime", "sha256", "date_creation"]


class ParStatutSerializer(serializers.Serializer):
    statut = serializers.ChoiceField(Statut.choices, read_only=True)
    statut_display = serializers.CharField(read_only=True)
    nombre = serializers.IntegerField(read_only=True)


class StatistiquesSerializer(serializers.Serializer):
    """Figures over projects. What was spent counts the cancelled ones too; `avancement` is
    weighted by the budgets and leaves them out."""

    nombre = serializers.IntegerField(read_only=True)
    par_statut = ParStatutSerializer(many=True, read_only=True)
    budget_xaf = serializers.IntegerField(read_only=True)
    depense_xaf = serializers.IntegerField(read_only=True)
    avancement = serializers.FloatField(read_only=True, allow_null=True)
    en_retard = serializers.IntegerField(read_only=True)
    en_depassement = serializers.IntegerField(read_only=True)
    depassement_xaf = serializers.IntegerField(read_only=True)
