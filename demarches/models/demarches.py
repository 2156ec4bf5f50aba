"""The dossiers of citizens, their papers and their receipts."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from demarches.models.formulaires import Formulaire
from demarches.workflow import Priorite, StatutDemarche
from ecms.fields import PrivateFileField, langue_field, person_field
from ecms.models import Horodate
from ecms.scoping import ScopedQuerySet


class DemarcheAdministrativeQuerySet(ScopedQuerySet):
    """A draft is its author's own affair until it is filed, and stays so when it is given up; one
    that an agent writes at the desk is the mairie's."""

    mairie_lookup = "mairie"
    owner_lookup = "demandeur"
    hidden_from_staff = Q(date_depot__isnull=True, canal="en_ligne")
    code_lookup = "code_suivi"
    code_opens = Q(formulaire__necessite_compte=False)


class DemarcheAdministrative(Horodate):
    """A dossier: one request filed with one formulaire, followed to its end.

    `definition` is the formulaire's questions as they were at filing, `version_formulaire` which
    ones those were; papers, cost (XAF) and delay (working days) are frozen with them.
    `numero_suivi` may be read aloud, `code_suivi` is the secret that goes with it. `echeance` is
    the day by which the mairie answers; it moves on by what the citizen owed a paper.
    """

    class Canal(models.TextChoices):
        EN_LIGNE = "en_ligne", _("En ligne")
        GUICHET = "guichet", _("Au guichet")

    mairie = models.ForeignKey(
        "mairies.Mairie", models.PROTECT, related_name="demarches", verbose_name=_("mairie")
    )
    formulaire = models.ForeignKey(
        Formulaire, models.PROTECT, related_name="demarches", verbose_name=_("formulaire")
    )
    definition = models.JSONField(_("questions posées"), default=list, blank=True, editable=False)
    version_formulaire = models.PositiveIntegerField(
        _("version du formulaire"), default=0, editable=False
    )
    pieces_requises = models.JSONField(
        _("pièces requises"), default=list, blank=True, editable=False
    )
    cout_xaf = models.PositiveBigIntegerField(_("coût (FCFA)"), default=0, editable=False)
    delai_jours = models.PositiveSmallIntegerField(
        _("délai (jours ouvrables)"), null=True, blank=True, editable=False
    )
    numero_suivi = models.CharField(
        _("numéro de suivi"), max_length=20, unique=True, editable=False
    )
    code_suivi = models.CharField(_("code secret de suivi"), max_length=32, editable=False)
    canal = models.CharField(_("canal"), max_length=20, choices=Canal, default=Canal.EN_LIGNE)
    demandeur = person_field(_("demandeur"), related_name="demarches")
    nom_demandeur = models.CharField(_("nom du demandeur"), max_length=150, blank=True)
    email_demandeur = models.EmailField(_("adresse électronique du demandeur"), blank=True)
    telephone_demandeur = PhoneNumberField(_("téléphone du demandeur"), blank=True, max_length=16)
    langue = langue_field()
    donnees = models.JSONField(_("réponses"), default=dict, blank=True)
    # Written by demarches.services only, as every date and `motif_rejet` below.
    statut = models.CharField(
        _("statut"), max_length=20, choices=StatutDemarche, default=StatutDemarche.BROUILLON
    )
    agent_traitant = person_field(_("agent traitant"), related_name="demarches_traitees")
    priorite = models.CharField(
        _("priorité"), max_length=20, choices=Priorite, default=Priorite.NORMALE
    )
    echeance = models.DateField(_("échéance"), null=True, blank=True)
    motif_rejet = models.TextField(_("motif du rejet"), blank=True, max_length=2000)
    date_depot = models.DateTimeField(_("déposée le"), null=True, blank=True)
    date_prise_en_charge = models.DateTimeField(_("prise en charge le"), null=True, blank=True)
    date_piece_demandee = models.DateTimeField(_("pièce demandée le"), null=True, blank=True)
    date_validation = models.DateTimeField(_("validée le"), null=True, blank=True)
    date_rejet = models.DateTimeField(_("rejetée le"), null=True, blank=True)
    date_preparation = models.DateTimeField(_("prête le"), null=True, blank=True)
    date_remise = models.DateTimeField(_("remise le"), null=True, blank=True)
    date_annulation = models.DateTimeField(_("annulée le"), null=True, blank=True)
    # From then on its procedure says how long it is kept.
    date_cloture = models.DateTimeField(_("close le"), null=True, blank=True)
    date_anonymisation = models.DateTimeField(_("anonymisée le"), null=True, blank=True)
    # Made by the task queue once the dossier is filed.
    recepisse = PrivateFileField(_("récépissé"), blank=True, editable=False)

    objects = DemarcheAdministrativeQuerySet.as_manager()

    class Meta:
        verbose_name = _("démarche administrative")
        verbose_name_plural = _("démarches administratives")
        ordering = ["-date_creation", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(numero_suivi="") & ~Q(code_suivi=""),
                name="demarches_demarcheadministrative_codes_presents",
                violation_error_message=_("Une démarche a un numéro et un code de suivi."),
            ),
            models.CheckConstraint(
                condition=Q(statut__in=["brouillon", "annulee"]) | Q(date_depot__isnull=False),
                name="demarches_demarcheadministrative_deposee_datee",
                violation_error_message=_("Une démarche déposée a une date de dépôt."),
            ),
            models.CheckConstraint(
                condition=~Q(statut="rejetee")
                | ~Q(motif_rejet="")
                | Q(date_anonymisation__isnull=False),
                name="demarches_demarcheadministrative_rejet_motive",
                violation_error_message=_("Un rejet donne son motif."),
            ),
            models.CheckConstraint(
                condition=Q(statut__in=StatutDemarche.finaux(), date_cloture__isnull=False)
                | ~Q(statut__in=StatutDemarche.finaux()) & Q(date_cloture__isnull=True),
                name="demarches_demarcheadministrative_close_datee",
                violation_error_message=_("Une démarche close a une date de clôture."),
            ),
        ]
        indexes = [
            # With all that says whether a row is counted: no row is read to count them.
            models.Index(
                fields=["mairie", "-date_creation", "-id"],
                include=["canal", "date_depot"],
                name="demarches_demarche_commune",
            ),
            models.Index(fields=["-date_creation", "-id"], name="demarches_demarche_pays"),
            models.Index(
                fields=["mairie", "statut", "-date_creation", "-id"],
                include=["canal", "date_depot"],
                name="demarches_demarche_etape",
            ),
            models.Index(
                fields=["statut", "-date_creation", "-id"], name="demarches_demarche_etat"
            ),
            models.Index(
                fields=["demandeur", "-date_creation", "-id"], name="demarches_demarche_demandeur"
            ),
            models.Index(
                fields=["agent_traitant", "-date_creation", "-id"],
                name="demarches_demarche_agent",
            ),
            models.Index(
                fields=["mairie", "echeance", "-id"],
                condition=Q(statut__in=StatutDemarche.en_attente()),
                name="demarches_demarche_echeance",
            ),
            # What the country filed and got, by the day.
            models.Index(
                fields=["date_depot"],
                condition=Q(date_depot__isnull=False),
                name="demarches_demarche_depots",
            ),
            models.Index(
                fields=["date_cloture"],
                condition=Q(statut__in=["remise", "rejetee"]),
                name="demarches_demarche_rendues",
            ),
            # What `purge` looks for.
            models.Index(
                fields=["date_cloture"],
                condition=Q(date_anonymisation__isnull=True),
                name="demarches_demarche_close",
            ),
            models.Index(
                fields=["date_modification"],
                condition=Q(statut="brouillon"),
                name="demarches_demarche_brouillon",
            ),
            # Receipts that are still to be made.
            models.Index(
                fields=["-date_depot", "-id"],
                condition=Q(
                    recepisse="", date_anonymisation__isnull=True, date_depot__isnull=False
                ),
                name="demarches_demarche_recepisse",
            ),
        ]

    def __str__(self) -> str:
        return self.numero_suivi

    @property
    def est_en_retard(self) -> bool:
        """Whether the mairie should have answered by now; not while it waits for a paper."""
        return (
            self.echeance is not None
            and self.statut in StatutDemarche.en_attente()
            and self.echeance < timezone.localdate()
        )

    @property
    def est_anonymisee(self) -> bool:
        return self.date_anonymisation is not None
