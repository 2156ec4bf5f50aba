"""The appointments at a service."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from demarches.ranges import Int8Range, TsTzRange
from demarches.workflow import StatutRendezVous
from ecms.fields import langue_field, person_field
from ecms.models import Horodate
from ecms.scoping import ScopedQuerySet


class RendezVousQuerySet(ScopedQuerySet):
    mairie_lookup = "mairie"
    owner_lookup = "citoyen"
    code_lookup = "code"


class RendezVous(Horodate):
    """A slot that someone, with or without an account, holds at a guichet of a service."""

    mairie = models.ForeignKey(
        "mairies.Mairie", models.PROTECT, related_name="rendez_vous", verbose_name=_("mairie")
    )
    service = models.ForeignKey(
        "mairies.ServiceMunicipal",
        models.PROTECT,
        related_name="rendez_vous",
        verbose_name=_("service"),
    )
    guichet = models.PositiveSmallIntegerField(
        _("guichet"), default=1, validators=[MinValueValidator(1)]
    )
    citoyen = person_field(_("citoyen"), related_name="rendez_vous")
    nom = models.CharField(_("nom"), max_length=150)
    email = models.EmailField(_("adresse électronique"), blank=True)
    telephone = PhoneNumberField(_("téléphone"), blank=True, max_length=16)
    motif = models.CharField(_("motif"), max_length=500, blank=True)
    debut = models.DateTimeField(_("début"))
    fin = models.DateTimeField(_("fin"))
    # Written by demarches.services only.
    statut = models.CharField(
        _("statut"), max_length=20, choices=StatutRendezVous, default=StatutRendezVous.CONFIRME
    )
    langue = langue_field()
    # How often the appointment has moved: agendas take the highest (RFC 5546).
    sequence = models.PositiveIntegerField(_("déplacements"), default=0, editable=False)
    date_rappel = models.DateTimeField(_("rappelé le"), null=True, blank=True, editable=False)
    date_anonymisation = models.DateTimeField(_("anonymisé le"), null=True, blank=True)
    # Whoever holds it may cancel and move.
    code = models.CharField(_("code secret"), max_length=64, unique=True, editable=False)

    objects = RendezVousQuerySet.as_manager()

    class Meta:
        verbose_name = _("rendez-vous")
        verbose_name_plural = _("rendez-vous")
        ordering = ["-debut", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fin__gt=F("debut")),
                name="demarches_rendezvous_fin_apres_debut",
                violation_error_message=_("La fin vient après le début."),
            ),
            models.CheckConstraint(
                condition=Q(guichet__gte=1),
                name="demarches_rendezvous_guichet_compte",
                violation_error_message=_("Les guichets se comptent à partir de 1."),
            ),
            models.CheckConstraint(
                condition=~Q(code=""),
                name="demarches_rendezvous_code_present",
                violation_error_message=_("Un rendez-vous a un code secret."),
            ),
            # Only a cancelled appointment gives its slot back: a missed one was held all the same.
            ExclusionConstraint(
                name="demarches_rendezvous_sans_chevauchement",
                expressions=[
                    (Int8Range("service", "service", Value("[]")), RangeOperators.OVERLAPS),
                    (Int8Range("guichet", "guichet", Value("[]")), RangeOperators.OVERLAPS),
                    (TsTzRange("debut", "fin", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=~Q(statut="annule"),
                violation_error_message=_("Ce créneau est déjà pris."),
            ),
        ]
        indexes = [
            models.Index(fields=["service", "debut"], name="demarches_rendezvous_service"),
            models.Index(fields=["mairie", "-debut", "-id"], name="demarches_rendezvous_mairie"),
            models.Index(fields=["-debut", "-id"], name="demarches_rendezvous_pays"),
            models.Index(fields=["citoyen", "-debut", "-id"], name="demarches_rendezvous_citoyen"),
            models.Index(
                fields=["debut"],
                condition=Q(statut="confirme", date_rappel__isnull=True),
                name="demarches_rendezvous_rappel",
            ),
            # What `purge` looks for.
            models.Index(
                fields=["fin"],
                condition=Q(date_anonymisation__isnull=True),
                name="demarches_rendezvous_passe",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nom} ({timezone.localtime(self.debut):%d/%m/%Y %H:%M})"
