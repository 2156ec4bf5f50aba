"""What hangs on a dossier, a problem report or an appointment: files and history."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from demarches.models.demarches import DemarcheAdministrative
from demarches.models.rendez_vous import RendezVous
from demarches.models.signalements import Signalement
from demarches.workflow import StatutSignalement
from ecms.fields import DocumentField, PublicImageField, person_field
from ecms.models import Horodate
from ecms.scoping import ScopedQuerySet


class PieceJointeQuerySet(ScopedQuerySet):
    """The paper of a dossier is private, and as hidden as its draft; the photo of a public report
    is public unless an agent has hidden it."""

    mairie_lookup = "mairie"
    owner_lookup = "demarche__demandeur"
    hidden_from_staff = Q(demarche__date_depot__isnull=True, demarche__canal="en_ligne")
    code_lookup = "demarche__code_suivi"
    code_opens = Q(demarche__formulaire__necessite_compte=False)
    public = Q(
        est_visible=True, signalement__isnull=False, signalement__mairie__statut="active"
    ) & ~Q(signalement__statut=StatutSignalement.REJETE)


class PieceJointe(Horodate):
    """A private file of a dossier, or a public photo of a problem report.

    `champ` is the key of the question or of the required paper that the file answers, "" when it
    answers none. The name, type, size (bytes) and checksum are those of `fichier`.
    """

    mairie = models.ForeignKey(
        "mairies.Mairie", models.PROTECT, related_name="+", verbose_name=_("mairie")
    )
    demarche = models.ForeignKey(
        DemarcheAdministrative,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="pieces",
        verbose_name=_("démarche"),
    )
    signalement = models.ForeignKey(
        Signalement,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="photos",
        verbose_name=_("signalement"),
    )
    champ = models.CharField(_("question ou pièce"), max_length=50, blank=True)
    fichier = DocumentField(_("fichier"), blank=True)
    nom_original = models.CharField(_("nom du fichier"), max_length=150, blank=True)
    type_mime = models.CharField(_("type"), max_length=100, blank=True)
    taille = models.PositiveIntegerField(_("taille (octets)"), default=0)
    sha256 = models.CharField(_("empreinte"), max_length=64, blank=True)
    photo = PublicImageField(_("photo"), blank=True)
    est_visible = models.BooleanField(_("visible"), default=True)
    depose_par = person_field(_("déposée par"))

    objects = PieceJointeQuerySet.as_manager()

    class Meta:
        verbose_name = _("pièce jointe")
        verbose_name_plural = _("pièces jointes")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(demarche__isnull=False, signalement__isnull=True, photo="")
                & ~Q(fichier="")
                | Q(demarche__isnull=True, signalement__isnull=False, fichier="") & ~Q(photo=""),
                name="demarches_piecejointe_un_objet",
                violation_error_message=_(
                    "Une pièce est le fichier d'une démarche ou la photo d'un signalement."
                ),
            )
        ]
        indexes = [
            models.Index(fields=["demarche", "id"], name="demarches_piece_demarche"),
            models.Index(fields=["signalement", "id"], name="demarches_piece_signalement"),
        ]

    def __str__(self) -> str:
        return self.nom_original or self.photo.name


class SuiviQuerySet(ScopedQuerySet):
    """For the mairie's agents. An owner reads the visible lines under the address of the row that
    they are about."""

    mairie_lookup = "mairie"


class Suivi(Horodate):
    """One line of the history of a dossier, a problem report or an appointment.

    Appended, never edited nor deleted: a trigger of the database refuses it, except to
    `demarches.services.historique.effacement`. `est_visible` lines are shown to the citizen, the
    others are notes of the mairie. A change of state has both states, anything else none.
    """

    class Nature(models.TextChoices):
        STATUT = "statut", _("Changement de statut")
        MESSAGE = "message", _("Message")
        NOTE = "note", _("Note interne")
        PIECE = "piece", _("Pièce")
        AFFECTATION = "affectation", _("Affectation")
        MODIFICATION = "modification", _("Modification")

    class Origine(models.TextChoices):
        DEMANDEUR = "demandeur", _("Demandeur")
        AGENT = "agent", _("Agent")
        SYSTEME = "systeme", _("E-CMS")

    mairie = models.ForeignKey(
        "mairies.Mairie", models.PROTECT, related_name="+", verbose_name=_("mairie")
    )
    demarche = models.ForeignKey(
        DemarcheAdministrative,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="suivis",
        verbose_name=_("démarche"),
    )
    signalement = models.ForeignKey(
        Signalement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="suivis",
        verbose_name=_("signalement"),
    )
    rendez_vous = models.ForeignKey(
        RendezVous,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="suivis",
        verbose_name=_("rendez-vous"),
    )
    nature = models.CharField(_("nature"), max_length=20, choices=Nature, default=Nature.STATUT)
    origine = models.CharField(_("origine"), max_length=20, choices=Origine)
    auteur = person_field(_("auteur"))
    ancien_statut = models.CharField(_("ancien statut"), max_length=20, blank=True)
    nouveau_statut = models.CharField(_("nouveau statut"), max_length=20, blank=True)
    message = models.TextField(_("message"), blank=True, max_length=5000)
    est_visible = models.BooleanField(_("visible du citoyen"), default=True)

    objects = SuiviQuerySet.as_manager()

    class Meta:
        verbose_name = _("ligne de suivi")
        verbose_name_plural = _("lignes de suivi")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    demarche__isnull=False, signalement__isnull=True, rendez_vous__isnull=True
                )
                | Q(demarche__isnull=True, signalement__isnull=False, rendez_vous__isnull=True)
                | Q(demarche__isnull=True, signalement__isnull=True, rendez_vous__isnull=False),
                name="demarches_suivi_un_objet",
                violation_error_message=_("Une ligne de suivi parle d'une seule chose."),
            ),
            models.CheckConstraint(
                condition=~Q(nature="note") | Q(est_visible=False),
                name="demarches_suivi_note_interne",
                violation_error_message=_("Une note est interne."),
            ),
        ]
        indexes = [
            models.Index(fields=["demarche", "id"], name="demarches_suivi_demarche"),
            models.Index(fields=["signalement", "id"], name="demarches_suivi_signalement"),
            models.Index(fields=["rendez_vous", "id"], name="demarches_suivi_rendez_vous"),
            # The latest acts of a mairie.
            models.Index(fields=["mairie", "-id"], name="demarches_suivi_mairie"),
        ]

    def __str__(self) -> str:
        moment = timezone.localtime(self.date_creation)
        return f"{self.get_nature_display()} ({moment:%d/%m/%Y %H:%M})"
