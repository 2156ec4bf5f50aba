"""Who comes to the events of a mairie."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from ecms.fields import langue_field, person_field
from ecms.models import Horodate
from ecms.scoping import ScopedQuerySet
from evenements.models.evenements import Evenement
from evenements.workflow import StatutInscription


class InscriptionEvenementQuerySet(ScopedQuerySet):
    mairie_lookup = "evenement__mairie"
    owner_lookup = "participant"
    code_lookup = "code"


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
    langue = langue_field()
    # The last `sequence` of the event that this person was told of.
    avis = models.PositiveIntegerField(_("dernier avis"), default=0, editable=False)
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
            models.UniqueConstraint(
                "evenement",
                Lower("email"),
                condition=Q(statut__in=StatutInscription.vivants()),
                name="evenements_inscriptionevenement_email_unique",
                violation_error_message=_("Cette adresse est déjà inscrite à cet événement."),
            ),
            models.UniqueConstraint(
                fields=["evenement", "rang"],
                condition=Q(rang__isnull=False),
                name="evenements_inscriptionevenement_rang_unique",
                violation_error_message=_("Ce rang est déjà pris."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["evenement", "statut", "rang"], name="evenements_inscription_places"
            ),
            models.Index(
                fields=["participant", "-date_creation", "-id"],
                name="evenements_inscription_compte",
            ),
            models.Index(fields=["-date_creation", "-id"], name="evenements_inscription_pays"),
        ]

    def __str__(self) -> str:
        return f"{self.nom} ({self.get_statut_display()})"
