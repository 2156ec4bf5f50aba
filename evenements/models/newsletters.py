"""The letters that a mairie sends to those who asked for them."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecms.fields import HTMLField, langue_field, person_field
from ecms.models import Horodate
from ecms.scoping import ScopedQuerySet
from evenements.workflow import StatutAbonne, StatutEnvoi, StatutNewsletter


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
    # When it is to leave; once it has, when its sending began.
    date_envoi = models.DateTimeField(_("date d'envoi"), null=True, blank=True)
    date_fin = models.DateTimeField(_("envoi terminé le"), null=True, blank=True)

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
                fields=["-date_envoi", "-id"],
                condition=Q(statut__in=["en_cours", "envoyee"]),
                name="evenements_newsletter_parties",
            ),
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
    langue = langue_field()
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
            models.Index(fields=["-date_creation", "-id"], name="evenements_abonne_pays"),
            # Who joined in the country, by the day.
            models.Index(
                fields=["date_confirmation"],
                condition=Q(statut="confirme"),
                name="evenements_abonne_confirmes",
            ),
        ]

    def __str__(self) -> str:
        return self.email


class EnvoiNewsletterQuerySet(ScopedQuerySet):
    mairie_lookup = "newsletter__mairie"


class EnvoiNewsletter(Horodate):
    """One letter to one subscriber: who has received what, and who is still to receive it."""

    newsletter = models.ForeignKey(
        Newsletter, models.CASCADE, related_name="envois", verbose_name=_("newsletter")
    )
    abonne = models.ForeignKey(
        AbonneNewsletter, models.CASCADE, related_name="envois", verbose_name=_("abonné")
    )
    # Written by evenements.services only.
    statut = models.CharField(
        _("statut"), max_length=20, choices=StatutEnvoi, default=StatutEnvoi.A_ENVOYER
    )
    tentatives = models.PositiveSmallIntegerField(_("tentatives"), default=0)
    prochain_essai = models.DateTimeField(_("prochain essai"), default=timezone.now)
    derniere_erreur = models.CharField(_("dernière erreur"), max_length=200, blank=True)
    date_envoi = models.DateTimeField(_("envoyé le"), null=True, blank=True)

    objects = EnvoiNewsletterQuerySet.as_manager()

    class Meta:
        verbose_name = _("envoi de newsletter")
        verbose_name_plural = _("envois de newsletter")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["newsletter", "abonne"],
                name="evenements_envoinewsletter_une_fois",
                violation_error_message=_("Cet abonné reçoit déjà cette newsletter."),
            ),
            models.CheckConstraint(
                condition=~Q(statut="envoye") | Q(date_envoi__isnull=False),
                name="evenements_envoinewsletter_envoye_date",
                violation_error_message=_("Un envoi parti a une date."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["newsletter", "prochain_essai", "id"],
                condition=Q(statut="a_envoyer"),
                name="evenements_envoi_a_faire",
            ),
            models.Index(fields=["newsletter", "statut"], name="evenements_envoi_compte"),
        ]

    def __str__(self) -> str:
        return f"{self.newsletter_id} → {self.abonne_id} ({self.get_statut_display()})"
