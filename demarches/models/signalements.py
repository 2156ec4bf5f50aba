"""The problems in public space that people report."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from demarches.workflow import Priorite, StatutSignalement
from ecms.db.functions import search_column
from ecms.fields import (
    langue_field,
    latitude_field,
    longitude_field,
    person_field,
    position_constraint,
)
from ecms.models import Horodate
from ecms.scoping import ScopedQuerySet
from mairies.categories import CategorieSignalement


class SignalementQuerySet(ScopedQuerySet):
    """The row is public unless it was refused; who reported it never is, which is the
    serializer's part."""

    mairie_lookup = "mairie"
    owner_lookup = "signaleur"
    code_lookup = "code_suivi"
    public = ~Q(statut=StatutSignalement.REJETE) & Q(mairie__statut="active")


class Signalement(Horodate):
    """A problem in public space that someone reported, with or without an account or a name.

    `est_anonyme`: the mairie never learns who reported it; account and contact are kept only to
    tell them what becomes of it.
    """

    Categorie = CategorieSignalement

    mairie = models.ForeignKey(
        "mairies.Mairie", models.PROTECT, related_name="signalements", verbose_name=_("mairie")
    )
    categorie = models.CharField(_("catégorie"), max_length=20, choices=CategorieSignalement)
    service = models.ForeignKey(
        "mairies.ServiceMunicipal",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="signalements",
        verbose_name=_("service"),
    )
    titre = models.CharField(_("titre"), max_length=200)
    description = models.TextField(_("description"), max_length=5000)
    adresse = models.CharField(_("adresse"), max_length=255, blank=True)
    repere = models.CharField(_("repère"), max_length=255, blank=True)
    latitude = latitude_field()
    longitude = longitude_field()
    signaleur = person_field(_("signaleur"), related_name="signalements")
    email = models.EmailField(_("adresse électronique"), blank=True)
    telephone = PhoneNumberField(_("téléphone"), blank=True, max_length=16)
    langue = langue_field()
    est_anonyme = models.BooleanField(_("anonyme"), default=False)
    # Written by demarches.services only, as every date below.
    statut = models.CharField(
        _("statut"), max_length=20, choices=StatutSignalement, default=StatutSignalement.SIGNALE
    )
    doublon_de = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="doublons",
        verbose_name=_("doublon de"),
    )
    priorite = models.CharField(
        _("priorité"), max_length=20, choices=Priorite, default=Priorite.NORMALE
    )
    numero_suivi = models.CharField(
        _("numéro de suivi"), max_length=20, unique=True, editable=False
    )
    code_suivi = models.CharField(_("code secret de suivi"), max_length=32, editable=False)
    agent_traitant = person_field(_("agent traitant"), related_name="signalements_traites")
    date_prise_en_charge = models.DateTimeField(_("pris en charge le"), null=True, blank=True)
    # The day on which the works are to be done.
    date_prevue = models.DateField(_("intervention prévue le"), null=True, blank=True)
    date_resolution = models.DateTimeField(_("résolu le"), null=True, blank=True)
    date_rejet = models.DateTimeField(_("rejeté le"), null=True, blank=True)
    date_anonymisation = models.DateTimeField(_("anonymisé le"), null=True, blank=True)

    recherche = search_column(titre="A", description="B", repere="C", adresse="C")

    objects = SignalementQuerySet.as_manager()

    class Meta:
        verbose_name = _("signalement")
        verbose_name_plural = _("signalements")
        ordering = ["-date_creation", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(numero_suivi="") & ~Q(code_suivi=""),
                name="demarches_signalement_codes_presents",
                violation_error_message=_("Un signalement a un numéro et un code de suivi."),
            ),
            models.CheckConstraint(
                condition=~Q(doublon_de=F("id")),
                name="demarches_signalement_doublon_d_un_autre",
                violation_error_message=_("Un signalement n'est pas son propre doublon."),
            ),
            models.CheckConstraint(
                condition=~Q(statut="doublon") | Q(doublon_de__isnull=False),
                name="demarches_signalement_doublon_designe",
                violation_error_message=_("Un doublon nomme le signalement qu'il répète."),
            ),
            models.CheckConstraint(
                condition=~Q(statut="resolu") | Q(date_resolution__isnull=False),
                name="demarches_signalement_resolu_date",
                violation_error_message=_("Un signalement résolu a une date de résolution."),
            ),
            models.CheckConstraint(
                condition=~Q(statut="rejete") | Q(date_rejet__isnull=False),
                name="demarches_signalement_rejet_date",
                violation_error_message=_("Un signalement rejeté a une date de rejet."),
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=False) | ~Q(adresse="") | ~Q(repere=""),
                name="demarches_signalement_situe",
                violation_error_message=_(
                    "Dites où : un point sur la carte, une adresse ou un repère."
                ),
            ),
            position_constraint("demarches_signalement_position_entiere"),
        ]
        indexes = [
            GinIndex(fields=["recherche"], name="demarches_signalement_texte"),
            models.Index(
                fields=["mairie", "-date_creation", "-id"], name="demarches_signalement_mairie"
            ),
            models.Index(fields=["-date_creation", "-id"], name="demarches_signalement_pays"),
            models.Index(
                fields=["mairie", "statut", "-date_creation", "-id"],
                name="demarches_signalement_statut",
            ),
            models.Index(
                fields=["statut", "-date_creation", "-id"], name="demarches_signalement_etat"
            ),
            models.Index(
                fields=["mairie", "categorie", "-date_creation", "-id"],
                # What says whether a row is counted: none is read to count them.
                include=["statut"],
                name="demarches_signalement_sorte",
            ),
            models.Index(
                fields=["signaleur", "-date_creation", "-id"],
                name="demarches_signalement_auteur",
            ),
            models.Index(
                fields=["date_resolution"],
                condition=Q(statut="resolu"),
                name="demarches_signalement_resolus",
            ),
            # What may be the same problem, near a point.
            models.Index(
                fields=["latitude", "longitude"],
                condition=Q(latitude__isnull=False, statut__in=StatutSignalement.ouverts()),
                name="demarches_signalement_proches",
            ),
            # What `purge` looks for.
            models.Index(
                fields=["date_modification"],
                condition=Q(date_anonymisation__isnull=True)
                & ~Q(statut__in=StatutSignalement.ouverts()),
                name="demarches_signalement_clos",
            ),
        ]

    def __str__(self) -> str:
        return self.numero_suivi
