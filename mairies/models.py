"""The local authorities, their desks, and the requests to open their spaces."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Min, Q
from django.db.models.functions import Now
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from ecms.db.functions import SansAccents
from ecms.fields import (
    HTMLField,
    PrivateFileField,
    PublicImageField,
    latitude_field,
    longitude_field,
    position_constraint,
)
from ecms.models import Horodate
from ecms.scoping import EVERYTHING, ScopedQuerySet
from mairies.categories import CategorieSignalement
from mairies.horaires import valider_fermetures, valider_horaires, valider_jours_fermes
from mairies.territoire import DEPARTEMENT_CHOICES, Region
from mairies.workflow import StatutDemande, StatutMairie

COULEUR = RegexValidator(r"^#[0-9a-fA-F]{6}\Z", _("Attendu une couleur telle que #0a6b3d."))


class MairieQuerySet(ScopedQuerySet):
    """Of every mairie, active or not, anyone may know name, place, type and statut; the
    serializer keeps the rest for those that are active."""

    mairie_lookup = "pk"
    public = EVERYTHING

    # Long texts that only a mairie's own page shows.
    PAGES = ("description", "historique", "mot_du_maire")

    @classmethod
    def pages_of(cls, lookup: str) -> list[str]:
        """What a query that joins the mairie by `lookup` may leave out."""
        return [f"{lookup}__{name}" for name in cls.PAGES]

    @classmethod
    def all_but_name_of(cls, lookup: str) -> list[str]:
        """What a list that joins the mairie by `lookup`, and tells its name, leaves out."""
        told = {"id", "nom", "slug", "statut"}
        columns = {field.attname for field in Mairie._meta.concrete_fields}
        return [f"{lookup}__{name}" for name in sorted(columns - told)]

    def next_change(self) -> datetime | None:
        """When the next urgent message is over."""
        return self.filter(bandeau_fin__gt=Now()).aggregate(date=Min("bandeau_fin"))["date"]


class Mairie(Horodate):
    """One of the 374 local authorities and its space: the tenant that other rows belong to."""

    class Type(models.TextChoices):
        COMMUNE = "commune", _("Commune")
        COMMUNAUTE_URBAINE = "communaute_urbaine", _("Communauté urbaine")

    type = models.CharField(_("type"), max_length=20, choices=Type, default=Type.COMMUNE)
    nom = models.CharField(_("nom"), max_length=150)
    slug = models.SlugField(_("nom court"), max_length=100, unique=True)
    region = models.CharField(_("région"), max_length=20, choices=Region)
    departement = models.CharField(_("département"), max_length=40, choices=DEPARTEMENT_CHOICES)
    # Written by mairies.services only.
    statut = models.CharField(
        _("statut"), max_length=20, choices=StatutMairie, default=StatutMairie.NON_ACTIVEE
    )
    date_activation = models.DateTimeField(_("activée le"), null=True, blank=True)
    adresse = models.CharField(_("adresse"), max_length=255, blank=True)
    telephone = PhoneNumberField(_("téléphone"), blank=True, max_length=16)
    email = models.EmailField(_("adresse électronique"), blank=True)
    site_web = models.URLField(_("site web"), blank=True)
    latitude = latitude_field()
    longitude = longitude_field()
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    logo = PublicImageField(_("logo"), blank=True)
    banniere = PublicImageField(_("bannière"), blank=True)
    couleur_primaire = models.CharField(
        _("couleur primaire"), max_length=7, blank=True, validators=[COULEUR]
    )
    couleur_secondaire = models.CharField(
        _("couleur secondaire"), max_length=7, blank=True, validators=[COULEUR]
    )
    slogan = models.CharField(_("slogan"), max_length=200, blank=True)
    description = HTMLField(_("description"), blank=True)
    historique = HTMLField(_("historique"), blank=True)
    mot_du_maire = HTMLField(_("mot du maire"), blank=True)
    nom_maire = models.CharField(_("nom du maire"), max_length=150, blank=True)
    photo_maire = PublicImageField(_("photo du maire"), blank=True)
    horaires = models.JSONField(
        _("horaires"), default=dict, blank=True, validators=[valider_horaires]
    )
    jours_fermes = models.JSONField(
        _("jours fermés"), default=list, blank=True, validators=[valider_jours_fermes]
    )
    bandeau = models.CharField(_("message urgent"), max_length=300, blank=True)
    bandeau_fin = models.DateTimeField(_("fin du message urgent"), null=True, blank=True)

    objects = MairieQuerySet.as_manager()

    class Meta:
        verbose_name = _("mairie")
        verbose_name_plural = _("mairies")
        ordering = [SansAccents("nom"), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(slug__regex=r"^[0-9]+$"),
                name="mairies_mairie_slug_pas_un_nombre",
                violation_error_message=_("Le nom court ne peut pas être un nombre."),
            ),
            models.CheckConstraint(
                condition=~Q(statut="active") | Q(date_activation__isnull=False),
                name="mairies_mairie_active_datee",
                violation_error_message=_("Une mairie active a une date d'activation."),
            ),
            position_constraint("mairies_mairie_position_entiere"),
        ]
        indexes = [
            models.Index(SansAccents("nom"), "id", name="mairies_mairie_alphabet"),
            models.Index(fields=["region", "departement"], name="mairies_mairie_lieu"),
            models.Index(fields=["statut"], name="mairies_mairie_statut"),
        ]

    def __str__(self) -> str:
        return self.nom

    @property
    def est_active(self) -> bool:
        return self.statut == StatutMairie.ACTIVE


def une_seule_fois(categorie: CategorieSignalement) -> models.UniqueConstraint:
    """One service of a mairie at most answers for a category: a value of an array is unique by a
    partial index of its own."""
    return models.UniqueConstraint(
        fields=["mairie"],
        condition=Q(categories_signalements__contains=[categorie.value]),
        name=f"mairies_servicemunicipal_categorie_{categorie.value}",
        violation_error_message=format_lazy(
            _("Un autre service répond déjà de la catégorie « {categorie} »."),
            categorie=categorie.label,
        ),
    )


class ServiceMunicipalQuerySet(ScopedQuerySet):
    mairie_lookup = "mairie"
    public = Q(est_actif=True, mairie__statut="active")


class ServiceMunicipal(Horodate):
    """A desk or department of a mairie, with its hours and the way it takes appointments."""

    mairie = models.ForeignKey(
        Mairie, models.PROTECT, related_name="services", verbose_name=_("mairie")
    )
    nom = models.CharField(_("nom"), max_length=150)
    description = models.TextField(_("description"), blank=True, max_length=5000)
    responsable = models.CharField(_("responsable"), max_length=150, blank=True)
    telephone = PhoneNumberField(_("téléphone"), blank=True, max_length=16)
    email = models.EmailField(_("adresse électronique"), blank=True)
    localisation = models.CharField(_("localisation"), max_length=255, blank=True)
    icone = models.SlugField(_("icône"), max_length=50, blank=True)
    ordre = models.PositiveSmallIntegerField(_("ordre"), default=0)
    est_actif = models.BooleanField(_("actif"), default=True)
    horaires = models.JSONField(
        _("horaires"), default=dict, blank=True, validators=[valider_horaires]
    )
    rdv_en_ligne = models.BooleanField(_("rendez-vous en ligne"), default=False)
    duree_rdv = models.PositiveSmallIntegerField(
        _("durée d'un rendez-vous (minutes)"),
        default=30,
        validators=[MinValueValidator(5), MaxValueValidator(480)],
    )
    guichets = models.PositiveSmallIntegerField(
        _("guichets"), default=1, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    preavis_heures = models.PositiveSmallIntegerField(
        _("préavis (heures)"), default=24, validators=[MaxValueValidator(720)]
    )
    horizon_jours = models.PositiveSmallIntegerField(
        _("horizon (jours)"), default=60, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    fermetures = models.JSONField(
        _("fermetures"), default=list, blank=True, validators=[valider_fermetures]
    )
    # How long before it begins a citizen may still give an appointment up, or move it.
    annulation_heures = models.PositiveSmallIntegerField(
        _("annulation possible jusqu'à (heures avant)"),
        default=4,
        validators=[MaxValueValidator(720)],
    )
    deplacement_heures = models.PositiveSmallIntegerField(
        _("déplacement possible jusqu'à (heures avant)"),
        default=24,
        validators=[MaxValueValidator(720)],
    )
    # What citizens report of these goes to this service.
    categories_signalements = ArrayField(
        models.CharField(max_length=20, choices=CategorieSignalement),
        verbose_name=_("catégories de signalements"),
        default=list,
        blank=True,
    )

    objects = ServiceMunicipalQuerySet.as_manager()

    class Meta:
        verbose_name = _("service municipal")
        verbose_name_plural = _("services municipaux")
        ordering = ["mairie", "ordre", SansAccents("nom"), "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mairie", "nom"],
                name="mairies_servicemunicipal_nom_unique",
                violation_error_message=_("Cette mairie a déjà un service de ce nom."),
            ),
            models.CheckConstraint(
                condition=Q(duree_rdv__range=(5, 480), guichets__range=(1, 50)),
                name="mairies_servicemunicipal_rdv_possible",
                violation_error_message=_("Durée ou nombre de guichets impossible."),
            ),
            *[une_seule_fois(categorie) for categorie in CategorieSignalement],
        ]
        indexes = [
            models.Index(
                F("mairie"), F("ordre"), SansAccents("nom"), name="mairies_servicemunicipal_ordre"
            )
        ]

    def __str__(self) -> str:
        return self.nom


class DemandeCreationSiteQuerySet(ScopedQuerySet):
    """For the national administrator alone: no mairie has staff before its space is open."""


class DemandeCreationSite(Horodate):
    """A mairie's request to open its space, with the proof of who asks."""

    mairie = models.ForeignKey(
        Mairie, models.PROTECT, related_name="demandes_creation", verbose_name=_("mairie")
    )
    nom_demandeur = models.CharField(_("nom du demandeur"), max_length=150)
    fonction_demandeur = models.CharField(_("fonction"), max_length=150)
    email = models.EmailField(_("adresse électronique"))
    telephone = PhoneNumberField(_("téléphone"), max_length=16)
    message = models.TextField(_("message"), blank=True, max_length=5000)
    justificatif = PrivateFileField(_("justificatif"))
    # Written by mairies.services only.
    statut = models.CharField(
        _("statut"), max_length=20, choices=StatutDemande, default=StatutDemande.EN_ATTENTE
    )
    motif_rejet = models.TextField(_("motif du rejet"), blank=True, max_length=2000)
    traite_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("traitée par"),
    )
    date_traitement = models.DateTimeField(_("traitée le"), null=True, blank=True)

    objects = DemandeCreationSiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("demande de création de site")
        verbose_name_plural = _("demandes de création de site")
        ordering = ["-date_creation", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mairie"],
                condition=Q(statut="en_attente"),
                name="mairies_demandecreationsite_une_ouverte",
                violation_error_message=_("Une demande est déjà en cours pour cette mairie."),
            ),
            models.CheckConstraint(
                condition=Q(statut="en_attente") | Q(date_traitement__isnull=False),
                name="mairies_demandecreationsite_traitee_datee",
                violation_error_message=_("Une demande traitée a une date de traitement."),
            ),
            models.CheckConstraint(
                condition=~Q(statut="rejetee") | ~Q(motif_rejet=""),
                name="mairies_demandecreationsite_rejet_motive",
                violation_error_message=_("Un rejet donne son motif."),
            ),
        ]
        indexes = [
            models.Index(fields=["statut", "-date_creation"], name="mairies_demande_a_traiter")
        ]

    def __str__(self) -> str:
        return f"{self.mairie} ({self.get_statut_display()})"
