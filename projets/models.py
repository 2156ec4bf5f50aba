"""Municipal projects: what they cost, how far they are, the papers that prove it."""

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecms.db.functions import search_column
from ecms.fields import (
    PublicImageField,
    latitude_field,
    longitude_field,
    person_field,
    position_constraint,
)
from ecms.files import private_storage, random_path
from ecms.models import Horodate
from ecms.scoping import ScopedQuerySet
from projets.workflow import FINIS, Statut


class ProjetQuerySet(ScopedQuerySet):
    mairie_lookup = "mairie"
    public = Q(est_public=True, mairie__statut="active")

    @staticmethod
    def retard() -> Q:
        """Not over by the day that was planned: `Projet.en_retard` as a condition."""
        return Q(date_fin_prevue__lt=timezone.localdate()) & ~Q(statut__in=FINIS)

    @staticmethod
    def depassement() -> Q:
        """More spent than planned: `Projet.depassement_xaf` above zero."""
        return Q(depense_xaf__gt=F("budget_xaf"))


class Projet(Horodate):
    """What a mairie builds or changes, with its budget, its spending and its progress."""

    class Categorie(models.TextChoices):
        VOIRIE = "voirie", _("Voirie")
        EAU_ASSAINISSEMENT = "eau_assainissement", _("Eau et assainissement")
        ELECTRICITE = "electricite", _("Électricité et éclairage")
        EDUCATION = "education", _("Éducation")
        SANTE = "sante", _("Santé")
        BATIMENTS = "batiments", _("Bâtiments communaux")
        MARCHES = "marches", _("Marchés et économie locale")
        ENVIRONNEMENT = "environnement", _("Environnement")
        CULTURE_SPORT = "culture_sport", _("Culture et sport")
        AUTRE = "autre", _("Autre")

    mairie = models.ForeignKey(
        "mairies.Mairie", models.PROTECT, related_name="projets", verbose_name=_("mairie")
    )
    titre = models.CharField(_("titre"), max_length=200)
    # Written by projets.services only.
    slug = models.SlugField(_("nom court"), max_length=100, db_index=False)
    description = models.TextField(_("description"), max_length=20_000)
    categorie = models.CharField(
        _("catégorie"), max_length=20, choices=Categorie, default=Categorie.AUTRE
    )
    # Written by projets.services only.
    statut = models.CharField(_("statut"), max_length=20, choices=Statut, default=Statut.PLANIFIE)
    budget_xaf = models.PositiveBigIntegerField(_("budget (FCFA)"), null=True, blank=True)
    # Both copied from the latest update, never typed.
    depense_xaf = models.PositiveBigIntegerField(_("dépensé (FCFA)"), default=0, editable=False)
    avancement = models.PositiveSmallIntegerField(_("avancement (%)"), default=0, editable=False)
    date_debut = models.DateField(_("début"), null=True, blank=True)
    date_fin_prevue = models.DateField(_("fin prévue"), null=True, blank=True)
    date_fin_reelle = models.DateField(_("fin réelle"), null=True, blank=True)
    maitre_ouvrage = models.CharField(_("maître d'ouvrage"), max_length=200, blank=True)
    entreprise = models.CharField(_("entreprise"), max_length=200, blank=True)
    reference_marche = models.CharField(_("référence du marché"), max_length=100, blank=True)
    source_financement = models.CharField(_("source de financement"), max_length=200, blank=True)
    responsable = models.CharField(_("responsable"), max_length=150, blank=True)
    lieu = models.CharField(_("lieu"), max_length=255, blank=True)
    latitude = latitude_field()
    longitude = longitude_field()
    image = PublicImageField(_("image"), blank=True)
    est_public = models.BooleanField(_("public"), default=False)

    recherche = search_column(titre="A", lieu="B", description="C")

    objects = ProjetQuerySet.as_manager()

    class Meta:
        verbose_name = _("projet")
        verbose_name_plural = _("projets")
        ordering = ["-date_creation", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mairie", "slug"],
                name="projets_projet_slug_unique",
                violation_error_message=_("Cette mairie a déjà un projet de ce nom."),
            ),
            models.CheckConstraint(
                condition=Q(avancement__range=(0, 100)),
                name="projets_projet_avancement_pourcent",
                violation_error_message=_("L'avancement va de 0 à 100 pour cent."),
            ),
            models.CheckConstraint(
                condition=Q(date_debut__isnull=True)
                | Q(date_fin_prevue__isnull=True)
                | Q(date_fin_prevue__gte=F("date_debut")),
                name="projets_projet_fin_prevue_apres_debut",
                violation_error_message=_("La fin prévue ne précède pas le début."),
            ),
            models.CheckConstraint(
                condition=Q(date_debut__isnull=True)
                | Q(date_fin_reelle__isnull=True)
                | Q(date_fin_reelle__gte=F("date_debut")),
                name="projets_projet_fin_reelle_apres_debut",
                violation_error_message=_("La fin réelle ne précède pas le début."),
            ),
            models.CheckConstraint(
                condition=~Q(statut="termine") | Q(date_fin_reelle__isnull=False),
                name="projets_projet_termine_date",
                violation_error_message=_("Un projet terminé a une date de fin réelle."),
            ),
            position_constraint("projets_projet_position_entiere"),
        ]
        indexes = [
            GinIndex(fields=["recherche"], name="projets_projet_texte"),
            models.Index(
                fields=["mairie", "-date_creation", "-id"],
                condition=Q(est_public=True),
                name="projets_projet_mairie",
            ),
            models.Index(
                fields=["-date_creation", "-id"],
                # What says whether a row is counted: none is read to count them.
                include=["mairie"],
                condition=Q(est_public=True),
                name="projets_projet_nation",
            ),
            models.Index(fields=["mairie", "statut"], name="projets_projet_agents"),
        ]

    def __str__(self) -> str:
        return self.titre

    def clean(self):
        """Finished without a date is finished today."""
        if self.statut == Statut.TERMINE and self.date_fin_reelle is None:
            self.date_fin_reelle = timezone.localdate()

    @property
    def en_retard(self) -> bool:
        """Whether the day planned for its end is past (Africa/Douala), and it is not over."""
        if self.date_fin_prevue is None or self.statut in FINIS:
            return False
        return self.date_fin_prevue < timezone.localdate()

    @property
    def depassement_xaf(self) -> int | None:
        """How much more was spent than planned; None without a budget."""
        return None if self.budget_xaf is None else max(0, self.depense_xaf - self.budget_xaf)

    @property
    def taux_depense(self) -> float | None:
        """What was spent, in per cent of the budget; None without one."""
        return round(100 * self.depense_xaf / self.budget_xaf, 1) if self.budget_xaf else None


class MiseAJourProjetQuerySet(ScopedQuerySet):
    mairie_lookup = "projet__mairie"
    public = Q(projet__est_public=True, projet__mairie__statut="active")


class MiseAJourProjet(Horodate):
    """What a project had done and spent on a day. Appended, never edited."""

    projet = models.ForeignKey(
        Projet, models.PROTECT, related_name="mises_a_jour", verbose_name=_("projet")
    )
    auteur = person_field(_("auteur"))
    titre = models.CharField(_("titre"), max_length=200)
    description = models.TextField(_("description"), blank=True, max_length=10_000)
    avancement = models.PositiveSmallIntegerField(
        _("avancement (%)"), validators=[MaxValueValidator(100)]
    )
    depense_xaf = models.PositiveBigIntegerField(_("dépensé depuis le début (FCFA)"))
    # Spending is cumulative: a figure below the previous one is a correction, and says why.
    motif_baisse = models.CharField(
        _("motif d'une dépense corrigée à la baisse"), max_length=300, blank=True
    )
    image = PublicImageField(_("image"), blank=True)

    objects = MiseAJourProjetQuerySet.as_manager()

    class Meta:
        verbose_name = _("mise à jour de projet")
        verbose_name_plural = _("mises à jour de projets")
        ordering = ["-date_creation", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(avancement__range=(0, 100)),
                name="projets_miseajourprojet_avancement_pourcent",
                violation_error_message=_("L'avancement va de 0 à 100 pour cent."),
            )
        ]
        indexes = [
            models.Index(
                fields=["projet", "-date_creation", "-id"], name="projets_miseajour_du_projet"
            )
        ]

    def __str__(self) -> str:
        return self.titre


class DocumentProjetQuerySet(ScopedQuerySet):
    """Public with its project, unless it is kept for the mairie."""

    mairie_lookup = "projet__mairie"
    public = Q(est_public=True, projet__est_public=True, projet__mairie__statut="active")


class DocumentProjet(Horodate):
    """A paper of a project: its plan, its contract, a report."""

    class Type(models.TextChoices):
        PLAN = "plan", _("Plan")
        ETUDE = "etude", _("Étude")
        MARCHE = "marche", _("Marché")
        CONTRAT = "contrat", _("Contrat")
        RAPPORT = "rapport", _("Rapport")
        PHOTO = "photo", _("Photo")
        AUTRE = "autre", _("Autre")

    projet = models.ForeignKey(
        Projet, models.PROTECT, related_name="documents", verbose_name=_("projet")
    )
    titre = models.CharField(_("titre"), max_length=200)
    type = models.CharField(_("type"), max_length=20, choices=Type, default=Type.AUTRE)
    fichier = models.FileField(
        _("fichier"), storage=private_storage, upload_to=random_path, max_length=150
    )
    # Written by projets.services only, from the file itself.
    nom_original = models.CharField(_("nom du fichier"), max_length=150, editable=False)
    taille = models.PositiveIntegerField(_("taille (octets)"), editable=False)
    type_mime = models.CharField(_("type du fichier"), max_length=100, editable=False)
    sha256 = models.CharField(_("empreinte SHA-256"), max_length=64, editable=False)
    est_public = models.BooleanField(_("public"), default=False)

    objects = DocumentProjetQuerySet.as_manager()

    class Meta:
        verbose_name = _("document de projet")
        verbose_name_plural = _("documents de projets")
        ordering = ["-date_creation", "-pk"]
        indexes = [
            models.Index(
                fields=["projet", "-date_creation", "-id"], name="projets_document_du_projet"
            )
        ]

    def __str__(self) -> str:
        return self.titre
