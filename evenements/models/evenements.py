"""The agenda of a mairie."""

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ecms.db.functions import search_column
from ecms.fields import (
    HTMLField,
    PublicImageField,
    latitude_field,
    longitude_field,
    position_constraint,
)
from ecms.models import Horodate
from ecms.scoping import ScopedQuerySet
from evenements.workflow import StatutEvenement

ANNONCES = (StatutEvenement.PUBLIE, StatutEvenement.REPORTE, StatutEvenement.ANNULE)


class EvenementQuerySet(ScopedQuerySet):
    """What was announced stays public when it is put off or cancelled: people must learn it."""

    mairie_lookup = "mairie"
    public = Q(statut__in=ANNONCES, mairie__statut="active")


class Evenement(Horodate):
    """A date in the agenda of a mairie; each occurrence of a recurring one is a row, changed or
    cancelled by itself.

    An event of whole days begins and ends at midnight in Douala, `fin` being the first moment
    after it. `places_prises` counts the persons who hold a place: the database refuses more than
    `capacite`.
    """

    class Categorie(models.TextChoices):
        CEREMONIE = "ceremonie", _("Cérémonie")
        CONSEIL = "conseil", _("Séance du conseil")
        REUNION_PUBLIQUE = "reunion_publique", _("Réunion publique")
        CULTURE = "culture", _("Culture")
        SPORT = "sport", _("Sport")
        EDUCATION = "education", _("Éducation")
        SANTE = "sante", _("Santé")
        MARCHE = "marche", _("Foire ou marché")
        AUTRE = "autre", _("Autre")

    class Recurrence(models.TextChoices):
        HEBDOMADAIRE = "hebdomadaire", _("Chaque semaine")
        # On the same day of the month, the last one of a month that is too short.
        MENSUELLE = "mensuelle", _("Chaque mois, à la même date")
        # On the same weekday of the month, such as the second Tuesday.
        MENSUELLE_JOUR = "mensuelle_jour", _("Chaque mois, le même jour de semaine")

    mairie = models.ForeignKey(
        "mairies.Mairie", models.PROTECT, related_name="evenements", verbose_name=_("mairie")
    )
    titre = models.CharField(_("titre"), max_length=200)
    # Written by evenements.services only.
    slug = models.SlugField(_("nom court"), max_length=100, db_index=False)
    description = HTMLField(_("description"), blank=True, max_length=50_000)
    categorie = models.CharField(
        _("catégorie"), max_length=20, choices=Categorie, default=Categorie.AUTRE
    )
    debut = models.DateTimeField(_("début"))
    fin = models.DateTimeField(_("fin"))
    journee_entiere = models.BooleanField(_("journée entière"), default=False)
    lieu = models.CharField(_("lieu"), max_length=255)
    latitude = latitude_field()
    longitude = longitude_field()
    image = PublicImageField(_("image"), blank=True)
    # Written by evenements.services only.
    statut = models.CharField(
        _("statut"), max_length=20, choices=StatutEvenement, default=StatutEvenement.BROUILLON
    )
    inscription_requise = models.BooleanField(_("inscription requise"), default=False)
    inscription_debut = models.DateTimeField(_("début des inscriptions"), null=True, blank=True)
    inscription_fin = models.DateTimeField(_("fin des inscriptions"), null=True, blank=True)
    # Persons, not registrations; empty when places are not counted.
    capacite = models.PositiveIntegerField(
        _("places"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    personnes_max_par_inscription = models.PositiveSmallIntegerField(
        _("personnes par inscription, au plus"), default=5, validators=[MinValueValidator(1)]
    )
    liste_attente = models.BooleanField(_("liste d'attente"), default=False)
    recurrence = models.CharField(
        _("récurrence"), max_length=20, choices=Recurrence, blank=True, default=""
    )
    recurrence_fin = models.DateField(_("récurrence jusqu'au"), null=True, blank=True)
    serie = models.UUIDField(_("série"), null=True, blank=True, editable=False)
    places_prises = models.PositiveIntegerField(_("places prises"), default=0, editable=False)
    # Grows when date, place or statut change: agendas take the highest (RFC 5546), and whoever is
    # registered is told once of each.
    sequence = models.PositiveIntegerField(_("révision"), default=0, editable=False)
    contact = models.CharField(_("contact"), max_length=200, blank=True)
    # Put off without a new date: `debut` and `fin` are those that hold no more.
    date_a_confirmer = models.BooleanField(_("date à confirmer"), default=False, editable=False)
    # Why it was put off or cancelled: shown, and mailed to whoever is registered.
    message = models.TextField(_("message"), blank=True, max_length=1000, editable=False)

    recherche = search_column(titre="A", lieu="B", description="C")

    objects = EvenementQuerySet.as_manager()

    class Meta:
        verbose_name = _("événement")
        verbose_name_plural = _("événements")
        ordering = ["debut", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mairie", "slug"],
                name="evenements_evenement_slug_unique",
                violation_error_message=_("Cette mairie a déjà un événement de ce nom."),
            ),
            models.CheckConstraint(
                condition=Q(fin__gt=F("debut")),
                name="evenements_evenement_fin_apres_debut",
                violation_error_message=_("La fin vient après le début."),
            ),
            models.CheckConstraint(
                condition=Q(inscription_debut__isnull=True)
                | Q(inscription_fin__isnull=True)
                | Q(inscription_fin__gt=F("inscription_debut")),
                name="evenements_evenement_inscriptions_ordonnees",
                violation_error_message=_("Les inscriptions se ferment après s'être ouvertes."),
            ),
            models.CheckConstraint(
                condition=(Q(capacite__isnull=True) | Q(capacite__gte=1))
                & Q(personnes_max_par_inscription__gte=1),
                name="evenements_evenement_places_possibles",
                violation_error_message=_("Il faut au moins une place."),
            ),
            models.CheckConstraint(
                condition=Q(recurrence="", recurrence_fin__isnull=True, serie__isnull=True)
                | (~Q(recurrence="") & Q(recurrence_fin__isnull=False, serie__isnull=False)),
                name="evenements_evenement_recurrence_bornee",
                violation_error_message=_("Une récurrence a une date de fin."),
            ),
            models.CheckConstraint(
                condition=Q(capacite__isnull=True) | Q(places_prises__lte=F("capacite")),
                name="evenements_evenement_jamais_survendu",
                violation_error_message=_("Il n'y a pas assez de places."),
            ),
            models.CheckConstraint(
                condition=Q(date_a_confirmer=False) | Q(statut="reporte"),
                name="evenements_evenement_date_reportee",
                violation_error_message=_("Seul un événement reporté attend une date."),
            ),
            position_constraint("evenements_evenement_position_entiere"),
        ]
        indexes = [
            GinIndex(fields=["recherche"], name="evenements_evenement_texte"),
            models.Index(
                fields=["mairie", "debut", "id"],
                condition=~Q(statut="brouillon"),
                name="evenements_evenement_mairie",
            ),
            models.Index(
                fields=["debut", "id"],
                # What says whether a row is counted: none is read to count them.
                include=["mairie", "statut"],
                condition=~Q(statut="brouillon"),
                name="evenements_evenement_nation",
            ),
            models.Index(fields=["mairie", "debut", "id"], name="evenements_evenement_agents"),
            models.Index(fields=["debut", "id"], name="evenements_evenement_tous"),
            models.Index(
                fields=["mairie", "categorie", "debut", "id"],
                condition=~Q(statut="brouillon"),
                name="evenements_evenement_categorie",
            ),
            models.Index(
                fields=["serie", "debut"],
                condition=Q(serie__isnull=False),
                name="evenements_evenement_serie",
            ),
        ]

    def __str__(self) -> str:
        return self.titre

    @property
    def places_libres(self) -> int | None:
        """How many persons may still come; None when places are not counted."""
        return None if self.capacite is None else max(0, self.capacite - self.places_prises)
