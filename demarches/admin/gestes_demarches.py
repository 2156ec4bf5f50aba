"""What the acts on a dossier ask of an agent."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from demarches.definition import libelle
from demarches.models import DemarcheAdministrative, PieceJointe
from demarches.services import demarches as services
from demarches.services import pieces
from demarches.workflow import Priorite, StatutDemarche
from ecms.admin import LongText, StepForm
from ecms.admin.online import nom_de
from users.models import Utilisateur

DES_FICHIERS = frozenset({"fichier", "photo"})
# The service takes 2,000 characters, of which the name of the paper is one part.
MOTIF_AU_PLUS, MESSAGE_AU_PLUS = 1600, 5000
Choix = list[tuple[str, str]]


def libelles(demarche: DemarcheAdministrative, langue: str = "") -> dict[str, str]:
    """The words for each question or required paper of a dossier."""
    champs, requises = pieces.questions_de(demarche)
    langue = langue or get_language() or "fr"
    return {item["cle"]: libelle(item["libelle"], langue) for item in [*champs, *requises]}


def papiers_possibles(demarche: DemarcheAdministrative) -> Choix:
    """The questions and the required papers that a file answers."""
    champs, requises = pieces.questions_de(demarche)
    noms = libelles(demarche)
    cles = [champ["cle"] for champ in champs if champ["type"] in DES_FICHIERS]
    return [(cle, noms[cle]) for cle in dict.fromkeys([*cles, *(p["cle"] for p in requises)])]


class NomDuCollegue(forms.ModelChoiceField):
    def label_from_instance(self, obj) -> str:
        return nom_de(obj)


class AffecterForm(StepForm):
    """To which colleague: one who may act on each of the dossiers."""

    agent = NomDuCollegue(
        label=gettext_lazy("Agent"),
        queryset=Utilisateur.objects.none(),
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if len({row.mairie_id for row in self.rows}) == 1:
            self.fields["agent"].queryset = services.affectables(self.rows[0])


class PrioriteForm(StepForm):
    priorite = forms.ChoiceField(
        label=gettext_lazy("Priorité"), choices=Priorite.choices, widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if len(self.rows) == 1:
            self.fields["priorite"].initial = self.rows[0].priorite


class DemanderPieceForm(StepForm):
    """Which paper is missing, and why: the person reads both, in their own language."""

    piece = forms.ChoiceField(
        label=gettext_lazy("Pièce"), required=False, widget=UnfoldAdminSelectWidget
    )
    motif = LongText(
        label=gettext_lazy("Motif ou message"),
        required=False,
        max_length=MOTIF_AU_PLUS,
        help_text=gettext_lazy("La personne lit ces mots. L'échéance attend avec elle."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        papiers = papiers_possibles(self.rows[0]) if self.rows else []
        self.fields["piece"].choices = [("", _("Une autre pièce")), *papiers]

    def clean(self):
        """The one sentence that the service takes."""
        given = super().clean()
        if self.errors:
            return given
        motif, cle = given["motif"].strip(), given["piece"]
        if not cle and not motif:
            raise ValidationError({"motif": _("Dites quelle pièce il faut.")})
        nom = libelles(self.rows[0], self.rows[0].langue)[cle] if cle else ""
        return {"motif": " : ".join(mots for mots in (nom, motif) if mots)}


class CompleterForm(StepForm):
    message = LongText(label=gettext_lazy("Remarque (la personne la lit)"), required=False)


class RejeterForm(StepForm):
    motif = LongText(
        label=gettext_lazy("Motif du rejet"),
        help_text=gettext_lazy("La personne lit ces mots."),
    )


class EcrireForm(StepForm):
    message = LongText(label=gettext_lazy("Message"), max_length=MESSAGE_AU_PLUS)


class JoindreForm(StepForm):
    """A paper that came to the desk."""

    champ = forms.ChoiceField(
        label=gettext_lazy("Pièce"), required=False, widget=UnfoldAdminSelectWidget
    )
    fichier = forms.FileField(
        label=gettext_lazy("Fichier"), widget=UnfoldAdminFileFieldWidget, max_length=250
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        papiers = papiers_possibles(self.rows[0]) if self.rows else []
        self.fields["champ"].choices = [("", _("Une autre pièce")), *papiers]


class RetirerForm(StepForm):
    """A paper that was added by mistake since it was asked for."""

    piece = forms.ModelChoiceField(
        label=gettext_lazy("Pièce"),
        queryset=PieceJointe.objects.none(),
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.rows:
            self.fields["piece"].queryset = recentes(self.rows[0])


def recentes(demarche):
    """What came since the mairie asked for a paper."""
    if demarche.statut != StatutDemarche.PIECE_DEMANDEE:
        return demarche.pieces.none()
    return demarche.pieces.filter(date_creation__gte=demarche.date_piece_demandee)
