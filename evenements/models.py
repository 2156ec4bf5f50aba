"""The agenda of a mairie, who comes, and the newsletters that it sends."""

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from ecms.db.functions import search_column
from ecms.fields import (
    HTMLField,
    PublicImageField,
    latitude_field,
    longitude_field,
    person_field,
    position_constraint,
)
from ecms.models import Horodate
from ecms.scoping import ScopedQuerySet
from evenements.workflow import StatutAbonne, StatutEvenement, StatutInscription, StatutNewsletter
from users.models import Utilisateur

ANNONCES = (StatutEvenement.PUBLIE, StatutEvenement.REPORTE, StatutEvenement.ANNULE)


class EvenementQuerySet(ScopedQuerySet):
    """What was announced stays public when it is put off or cancelled: people must learn it."""

    mairie_lookup = "mairie"
    public = Q(statut__in=ANNONCES, mairie__statut="active")


class Evenement(Horodate):
    """A date in the agenda of a mairie; each occurrence of a recurring one is a row."""

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
        MENSUELLE = "mensuelle", _("Chaque mois")

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
    contact = models.CharField(_("contact"), max_length=200, blank=True)

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
                condition=~Q(statut="brouillon"),
                name="evenements_evenement_pays",
            ),
            models.Index(fields=["mairie", "-date_creation"], name="evenements_evenement_agents"),
            models.Index(
                fields=["serie", "debut"],
                condition=Q(serie__isnull=False),
                name="evenements_evenement_serie",
            ),
        ]

    def __str__(self) -> str:
        return self.titre


class InscriptionEvenementQuerySet(ScopedQuerySet):
    mairie_lookup = "evenement__mairie"
    owner_lookup = "participant"


class InscriptionEvenement(Horodate):
    """The places that someone, with or without an account, holds or waits for at an event."""

    evenement = models.ForeignKey(
        Evenement, models.PROTECT, related_name="inscriptions", verbose_name=_("événement")
    )
    participant = person_field(_("participant"), related_name="inscriptions")
    nom = models.CharField(_("nom"), max_length=150)
    email = models.EmailField(_("adresse électronique"))
    telephone = PhoneNumberField(_("téléphone"), blank=True, max_length=16)
    nombre_personnes = models.PositiveSmallIntegerField(
        _("nombre de personnes"), default=1, validators=[MinValueValidator(1)]
    )
    # Written by evenements.services only.
    statut = models.CharField(
        _("statut"), max_length=20, choices=StatutInscription, default=StatutInscription.CONFIRMEE
    )
    # Whoever holds it may cancel.
    code = models.CharField(_("code secret"), max_length=64, unique=True, editable=False)
    rang = models.PositiveIntegerField(
        _("rang en liste d'attente"), null=True, blank=True, editable=False
    )

    objects = InscriptionEvenementQuerySet.as_manager()

    class Meta:
        verbose_name = _("inscription à un événement")
        verbose_name_plural = _("inscriptions aux événements")
        ordering = ["-date_creation", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(nombre_personnes__gte=1),
                name="evenements_inscriptionevenement_une_personne",
                violation_error_message=_("Une inscription vaut pour une personne au moins."),
            ),
            models.CheckConstraint(
                condition=~Q(code=""),
                name="evenements_inscriptionevenement_code_present",
                violation_error_message=_("Une inscription a un code secret."),
            ),
            models.CheckConstraint(
                condition=~Q(statut="en_attente") | Q(rang__isnull=False),
                name="evenements_inscriptionevenement_attente_rangee",
                violation_error_message=_("Une inscription en attente a un rang."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["evenement", "statut", "rang"], name="evenements_inscription_places"
            )
        ]

    def __str__(self) -> str:
        return f"{self.nom} ({self.get_statut_display()})"


class NewsletterQuerySet(ScopedQuerySet):
    mairie_lookup = "mairie"


class Newsletter(Horodate):
    """A letter of a mairie to its subscribers; who has received it is counted, not typed."""

    mairie = models.ForeignKey(
        "mairies.Mairie", models.PROTECT, related_name="newsletters", verbose_name=_("mairie")
    )
    auteur = person_field(_("auteur"))
    titre = models.CharField(_("titre"), max_length=200)
    contenu = HTMLField(_("contenu"), max_length=100_000)
    # Written by evenements.services only.
    statut = models.CharField(
        _("statut"), max_length=20, choices=StatutNewsletter, default=StatutNewsletter.BROUILLON
    )
    # When it is to leave; once it has, when it left.
    date_envoi = models.DateTimeField(_("date d'envoi"), null=True, blank=True)

    objects = NewsletterQuerySet.as_manager()

    class Meta:
        verbose_name = _("newsletter")
        verbose_name_plural = _("newsletters")
        ordering = ["-date_creation", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(statut="brouillon") | Q(date_envoi__isnull=False),
                name="evenements_newsletter_envoi_date",
                violation_error_message=_("Une newsletter planifiée a une date d'envoi."),
            )
        ]
        indexes = [
            models.Index(fields=["mairie", "-date_creation"], name="evenements_newsletter_agents"),
            models.Index(
                fields=["date_envoi"],
                condition=Q(statut__in=["planifiee", "en_cours"]),
                name="evenements_newsletter_a_partir",
            ),
        ]

    def __str__(self) -> str:
        return self.titre


class AbonneNewsletterQuerySet(ScopedQuerySet):
    mairie_lookup = "mairie"


class AbonneNewsletter(Horodate):
    """An address that asked for the letters of one mairie; none is sent before it confirmed."""

    mairie = models.ForeignKey(
        "mairies.Mairie", models.PROTECT, related_name="abonnes", verbose_name=_("mairie")
    )
    email = models.EmailField(_("adresse électronique"))
    nom = models.CharField(_("nom"), max_length=150, blank=True)
    langue = models.CharField(
        _("langue"), max_length=2, choices=Utilisateur.Langue, default=Utilisateur.Langue.FR
    )
    # Written by evenements.services only.
    statut = models.CharField(
        _("statut"), max_length=20, choices=StatutAbonne, default=StatutAbonne.EN_ATTENTE
    )
    # Whoever holds it may confirm and leave.
    jeton = models.CharField(_("jeton secret"), max_length=64, unique=True, editable=False)
    date_confirmation = models.DateTimeField(_("confirmé le"), null=True, blank=True)
    date_desinscription = models.DateTimeField(_("désinscrit le"), null=True, blank=True)
    date_rejet = models.DateTimeField(_("rejeté le"), null=True, blank=True)

    objects = AbonneNewsletterQuerySet.as_manager()

    class Meta:
        verbose_name = _("abonné à la newsletter")
        verbose_name_plural = _("abonnés à la newsletter")
        ordering = ["-date_creation", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "mairie",
                Lower("email"),
                name="evenements_abonnenewsletter_email_unique",
                violation_error_message=_("Cette adresse est déjà abonnée à cette mairie."),
            ),
            models.CheckConstraint(
                condition=~Q(jeton=""),
                name="evenements_abonnenewsletter_jeton_present",
                violation_error_message=_("Un abonné a un jeton secret."),
            ),
            models.CheckConstraint(
                condition=~Q(statut="confirme") | Q(date_confirmation__isnull=False),
                name="evenements_abonnenewsletter_confirme_date",
                violation_error_message=_("Un abonné confirmé a une date de confirmation."),
            ),
        ]
        indexes = [
            models.Index(fields=["mairie", "statut", "id"], name="evenements_abonne_a_servir"),
            models.Index(fields=["mairie", "-date_creation"], name="evenements_abonne_agents"),
        ]

    def __str__(self) -> str:
        return self.email
