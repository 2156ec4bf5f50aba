from rest_framework import serializers

from demarches.models import DemarcheAdministrative
from demarches.workflow import Priorite
from ecms.api.serializers import ScopedModelSerializer, ScopedRelatedField
from ecms.codes import show_secret
from ecms.scoping import manages
from users.models import Utilisateur

# What the mairie keeps to itself: an owner is not told who works on the dossier, nor how urgent
# it is thought.
DE_LA_MAIRIE = ["agent_traitant", "agent_traitant_nom", "priorite", "priorite_display"]
CONTACT = ["nom_demandeur", "email_demandeur", "telephone_demandeur"]


class SecretDeDossierSerializer(serializers.Serializer):
    """The secret of the row, from whoever has no account."""

    code_suivi = serializers.CharField(required=False, write_only=True, max_length=64)


class DemarcheListSerializer(ScopedModelSerializer):
    """One line of the dossiers, without answers."""

    told_to_some = frozenset(DE_LA_MAIRIE)
    formulaire_nom = serializers.CharField(source="formulaire.nom", read_only=True)
    service = serializers.IntegerField(
        source="formulaire.service_id", read_only=True, allow_null=True
    )
    agent_traitant_nom = serializers.SerializerMethodField()
    est_en_retard = serializers.BooleanField(read_only=True)

    class Meta:
        model = DemarcheAdministrative
        fields = [
            "id",
            "mairie",
            "formulaire",
            "formulaire_nom",
            "service",
            "numero_suivi",
            "canal",
            "nom_demandeur",
            "statut",
            "agent_traitant",
            "agent_traitant_nom",
            "priorite",
            "echeance",
            "est_en_retard",
            "date_depot",
            "date_cloture",
            "date_creation",
            "date_modification",
        ]
        read_only_fields = fields

    def get_agent_traitant_nom(self, demarche) -> str:
        agent = demarche.agent_traitant
        return agent.get_full_name() or agent.username if agent else ""

    def to_representation(self, demarche):
        data = super().to_representation(demarche)
        user = self.context["request"].user
        if not manages(user, demarche.mairie_id) or user.pk == demarche.demandeur_id:
            for name in DE_LA_MAIRIE:
                del data[name]
        return data


class DemarcheSerializer(DemarcheListSerializer):
    """A dossier, whole. `definition`, papers, cost (XAF) and delay (working days) are those of the
    filing; a draft has none yet and follows its procedure."""

    class Meta(DemarcheListSerializer.Meta):
        fields = [
            *DemarcheListSerializer.Meta.fields,
            "email_demandeur",
            "telephone_demandeur",
            "langue",
            "definition",
            "version_formulaire",
            "donnees",
            "pieces_requises",
            "cout_xaf",
            "delai_jours",
            "motif_rejet",
            "date_prise_en_charge",
            "date_piece_demandee",
            "date_validation",
            "date_rejet",
            "date_preparation",
            "date_remise",
            "date_annulation",
        ]
        read_only_fields = fields


class NouvelleDemarcheSerializer(ScopedModelSerializer):
    """The beginning of a dossier. At the desk (`canal` guichet), the contact is that of the person
    it is for."""

    class Meta:
        model = DemarcheAdministrative
        fields = ["formulaire", "canal", *CONTACT, "langue", "donnees"]


class ModificationSerializer(ScopedModelSerializer):
    """Changes to a draft (`donnees` replaces the answers as a whole), or to the `priorite` of a
    filed dossier."""

    code_suivi = serializers.CharField(required=False, write_only=True, max_length=64)
    priorite = serializers.ChoiceField(Priorite.choices, required=False)

    class Meta:
        model = DemarcheAdministrative
        fields = [*CONTACT, "langue", "donnees", "priorite", "code_suivi"]


class EtatSerializer(ScopedModelSerializer):
    """Where a dossier stands, with nothing personal: the answer to the acts that a secret opens."""

    class Meta:
        model = DemarcheAdministrative
        fields = [
            "id",
            "numero_suivi",
            "canal",
            "statut",
            "echeance",
            "date_depot",
            "date_cloture",
            "date_modification",
        ]
        read_only_fields = fields


class DemarcheCommenceeSerializer(ScopedModelSerializer):
    """A new draft, and the only answer that ever holds its secret."""

    code_suivi = serializers.SerializerMethodField()
    formulaire_nom = serializers.CharField(source="formulaire.nom", read_only=True)

    class Meta:
        model = DemarcheAdministrative
        fields = [
            "id",
            "numero_suivi",
            "code_suivi",
            "mairie",
            "formulaire",
            "formulaire_nom",
            "canal",
            "langue",
            "statut",
            *CONTACT,
            "donnees",
            "date_creation",
        ]
        read_only_fields = fields

    def get_code_suivi(self, demarche) -> str:
        return show_secret(demarche.code_suivi)


class CompletementSerializer(SecretDeDossierSerializer):
    message = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class MotifSerializer(serializers.Serializer):
    motif = serializers.CharField(max_length=2000)


class CollegueSerializer(serializers.Serializer):
    """An agent, as their colleagues choose them."""

    id = serializers.IntegerField(read_only=True)
    nom = serializers.SerializerMethodField()

    def get_nom(self, agent) -> str:
        return agent.get_full_name() or agent.username


class AgentField(ScopedRelatedField):
    """An agent of the dossier's own mairie; any other is as unknown as one that never was."""

    def get_queryset(self):
        agents = (
            super()
            .get_queryset()
            .filter(is_active=True, is_staff=True, role_user=Utilisateur.Role.AGENT)
        )
        demarche = self.context.get("demarche")
        if demarche is None:
            return agents
        return agents.filter(profilagentcommunal__mairie=demarche.mairie_id)


class AffectationSerializer(serializers.Serializer):
    agent = AgentField(queryset=Utilisateur.objects.all())
