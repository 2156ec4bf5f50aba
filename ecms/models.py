"""What no app owns: the outgoing mail, the counters of limits and of readings, the files of
lists about to be imported."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.translation import gettext_lazy as _

from ecms.files import private_storage, random_path
from ecms.scoping import ScopedQuerySet


class Horodate(models.Model):
    """The two dates that every table of ours has."""

    date_creation = models.DateTimeField(_("créé le"), auto_now_add=True)
    date_modification = models.DateTimeField(_("modifié le"), auto_now=True)

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field):
        """The label of a choice. Django's own translates every choice to find one, which is most
        of the time that a list or a map of two thousand rows takes."""
        value = getattr(self, field.attname)
        return force_str(dict(field.flatchoices).get(value, value), strings_only=True)


class Courriel(Horodate):
    """A mail to send: written in the transaction that it tells of, emptied once it is gone.

    `contexte` holds ids and plain words, never a code: what is secret is looked up when the mail
    is written out (`ecms.mail.prepares`).
    """

    class Statut(models.TextChoices):
        EN_ATTENTE = "en_attente", _("En attente")
        ENVOYE = "envoye", _("Envoyé")
        REFUSE = "refuse", _("Refusé")

    gabarit = models.CharField(_("gabarit"), max_length=60)
    destinataire = models.EmailField(_("destinataire"), blank=True)
    langue = models.CharField(_("langue"), max_length=2, default="fr")
    contexte = models.JSONField(_("contexte"), default=dict, blank=True)
    statut = models.CharField(_("statut"), max_length=10, choices=Statut, default=Statut.EN_ATTENTE)
    tentatives = models.PositiveSmallIntegerField(_("tentatives"), default=0)
    prochain_essai = models.DateTimeField(_("prochain essai"), default=timezone.now)
    derniere_erreur = models.CharField(_("dernière erreur"), max_length=200, blank=True)
    date_envoi = models.DateTimeField(_("envoyé le"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("courriel")
        verbose_name_plural = _("courriels")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["prochain_essai"],
                condition=models.Q(statut="en_attente"),
                name="ecms_courriel_a_envoyer",
            )
        ]

    def __str__(self) -> str:
        return f"{self.gabarit} ({self.get_statut_display()})"


class LimitCounter(models.Model):
    """How often something was done within a window; see `ecms.limits`. The key is a keyed hash."""

    key = models.CharField(primary_key=True, max_length=64)
    count = models.PositiveIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("compteur de limite")
        verbose_name_plural = _("compteurs de limite")

    def __str__(self) -> str:
        return f"{self.key[:8]} : {self.count}"


class Compteur(Horodate):
    """How often task workers did something; see `ecms.observing.counters`."""

    TACHE, COURRIEL = "tache", "courriel"

    nom = models.CharField(_("nom"), max_length=20)
    # A function's name, a mail's template: what the code is made of, never a person's.
    sujet = models.CharField(_("sujet"), max_length=120)
    issue = models.CharField(_("issue"), max_length=20)
    nombre = models.BigIntegerField(_("nombre"), default=0)
    secondes = models.FloatField(_("secondes"), default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("compteur")
        verbose_name_plural = _("compteurs")
        constraints = [
            models.UniqueConstraint(
                fields=["nom", "sujet", "issue"],
                name="ecms_compteur_unique",
                violation_error_message=_("Ce compteur existe déjà."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.nom} {self.sujet} {self.issue}"


class PendingHit(models.Model):
    """One reading or download that is not yet added to its row's counter; see `ecms.hits`."""

    counter = models.CharField(max_length=80)
    object_id = models.BigIntegerField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("lecture à compter")
        verbose_name_plural = _("lectures à compter")
        indexes = [models.Index(fields=["counter", "object_id"], name="ecms_pendinghit_par_ligne")]

    def __str__(self) -> str:
        return f"{self.counter} {self.object_id}"


class RequeteIdempotente(Horodate):
    """The answer to a write that carried an `Idempotency-Key`; see `ecms.api.idempotency`.

    Key and body are kept as keyed hashes, the answer for 24 hours.
    """

    cle = models.CharField(_("clé"), max_length=64, unique=True)
    empreinte = models.CharField(_("empreinte"), max_length=64)
    statut = models.PositiveSmallIntegerField(_("statut"), null=True, blank=True)
    reponse = models.TextField(_("réponse"), blank=True)
    adresse = models.CharField(_("adresse"), max_length=300, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("requête idempotente")
        verbose_name_plural = _("requêtes idempotentes")
        indexes = [models.Index(fields=["date_creation"], name="ecms_requeteidempotente_age")]

    def __str__(self) -> str:
        return self.cle[:8]


class ImportationQuerySet(ScopedQuerySet):
    mairie_lookup = "mairie"


class Importation(Horodate):
    """A file of rows for one mairie, between its sending and its confirmation; kept for a day."""

    class Statut(models.TextChoices):
        A_CONFIRMER = "a_confirmer", _("À confirmer")
        CONFIRMEE = "confirmee", _("Confirmée")

    mairie = models.ForeignKey(
        "mairies.Mairie", models.CASCADE, related_name="+", verbose_name=_("mairie")
    )
    utilisateur = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("utilisateur")
    )
    # The model of the rows: "documents.faq".
    liste = models.CharField(_("liste"), max_length=80)
    fichier = models.FileField(
        _("fichier"), storage=private_storage, upload_to=random_path, max_length=150
    )
    nom = models.CharField(_("nom du fichier"), max_length=150)
    # Written by ecms.imports.services only.
    statut = models.CharField(
        _("statut"), max_length=20, choices=Statut, default=Statut.A_CONFIRMER
    )

    objects = ImportationQuerySet.as_manager()

    class Meta:
        verbose_name = _("importation")
        verbose_name_plural = _("importations")
        indexes = [models.Index(fields=["date_creation"], name="ecms_importation_age")]

    def __str__(self) -> str:
        return self.nom


class Changement(models.Model):
    """A statement changed a table that the public reads; written by triggers (`ecms.versions`)."""

    nom = models.CharField(_("table"), max_length=63)
    date_creation = models.DateTimeField(_("créé le"), auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("changement")
        verbose_name_plural = _("changements")
        indexes = [models.Index(fields=["date_creation"], name="ecms_changement_date")]

    def __str__(self) -> str:
        return f"{self.nom} {self.pk}"


class Effacement(models.Model):
    """A row that was erased because somebody asked for it: which one, never what was in it. It is
    kept as long as the installation lives: see `ecms.erasures`."""

    modele = models.CharField(_("modèle"), max_length=80)
    cle = models.BigIntegerField(_("clé"))
    ligne_creee = models.DateTimeField(_("ligne créée le"))
    date_creation = models.DateTimeField(_("effacé le"), default=timezone.now)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("effacement")
        verbose_name_plural = _("effacements")

    def __str__(self) -> str:
        return f"{self.modele} {self.cle}"
