"""The procedures that a mairie offers."""

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from demarches.definition import valider_champs, valider_pieces
from ecms.db.functions import search_column
from ecms.models import Horodate
from ecms.scoping import ScopedQuerySet


class FormulaireQuerySet(ScopedQuerySet):
    mairie_lookup = "mairie"
    public = Q(est_actif=True, mairie__statut="active")


class Formulaire(Horodate):
    """A procedure that a mairie offers: its questions, papers, cost, delay and legal ground."""

    class Type(models.TextChoices):
        ACTE_NAISSANCE = "acte_naissance", _("Acte de naissance")
        ACTE_MARIAGE = "acte_mariage", _("Acte de mariage")
        ACTE_DECES = "acte_deces", _("Acte de décès")
        CERTIFICAT_RESIDENCE = "certificat_residence", _("Certificat de résidence")
        LEGALISATION = "legalisation", _("Légalisation")
        PERMIS_BATIR = "permis_batir", _("Permis de bâtir")
        OCCUPATION_VOIRIE = "occupation_voirie", _("Occupation de la voirie")
        CONTACT = "contact", _("Contact")
        RECLAMATION = "reclamation", _("Réclamation")
        AUTRE = "autre", _("Autre")

    mairie = models.ForeignKey(
        "mairies.Mairie", models.PROTECT, related_name="formulaires", verbose_name=_("mairie")
    )
    service = models.ForeignKey(
        "mairies.ServiceMunicipal",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="formulaires",
        verbose_name=_("service"),
    )
    nom = models.CharField(_("nom"), max_length=200)
    # Written by demarches.services only.
    slug = models.SlugField(_("nom court"), max_length=100, db_index=False)
    type = models.CharField(_("type"), max_length=30, choices=Type, default=Type.AUTRE)
    description = models.TextField(_("description"), blank=True, max_length=10_000)
    # Both in the form that `demarches.definition` describes and checks.
    champs = models.JSONField(_("questions"), default=list, blank=True, validators=[valider_champs])
    pieces_requises = models.JSONField(
        _("pièces requises"), default=list, blank=True, validators=[valider_pieces]
    )
    # Counts the changes of `champs` and `pieces_requises`.
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    cout_xaf = models.PositiveBigIntegerField(_("coût (FCFA)"), default=0)
    delai_jours = models.PositiveSmallIntegerField(
        _("délai (jours ouvrables)"), null=True, blank=True, validators=[MaxValueValidator(1000)]
    )
    base_legale = models.CharField(_("base légale"), max_length=300, blank=True)
    en_ligne = models.BooleanField(_("en ligne"), default=True)
    necessite_compte = models.BooleanField(_("nécessite un compte"), default=False)
    duree_conservation_jours = models.PositiveIntegerField(
        _("conservation des dossiers clos (jours)"),
        default=1825,
        validators=[MinValueValidator(1), MaxValueValidator(36_500)],
    )
    est_actif = models.BooleanField(_("actif"), default=True)
    email_notification = models.EmailField(_("adresse à prévenir"), blank=True)

    recherche = search_column(nom="A", description="B")

    objects = FormulaireQuerySet.as_manager()

    class Meta:
        verbose_name = _("formulaire")
        verbose_name_plural = _("formulaires")
        ordering = ["mairie_id", "nom", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mairie", "slug"],
                name="demarches_formulaire_slug_unique",
                violation_error_message=_("Cette mairie a déjà un formulaire de ce nom."),
            ),
            models.CheckConstraint(
                condition=Q(duree_conservation_jours__gte=1),
                name="demarches_formulaire_conservation_bornee",
                violation_error_message=_("Un dossier se conserve un jour au moins."),
            ),
        ]
        indexes = [
            GinIndex(fields=["recherche"], name="demarches_formulaire_texte"),
            models.Index(fields=["mairie", "nom", "id"], name="demarches_formulaire_liste"),
            models.Index(fields=["mairie", "type"], name="demarches_formulaire_type"),
        ]

    def __str__(self) -> str:
        return self.nom
