"""What opens an account: its sign-ins, its one-time codes, its second factor; and what its owner
agreed to and takes along."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecms.files import private_storage, random_path
from ecms.models import Horodate
from ecms.scoping import ScopedQuerySet


class TokenVerificationQuerySet(ScopedQuerySet):
    """Codes are nobody's to read: no scope at all."""


class TokenVerification(models.Model):
    """A six-digit code, sent to one address for one purpose.

    Blanked once used, superseded or expired. `tentatives` counts wrong guesses; the rules are in
    `users.services.codes`.
    """

    class Type(models.TextChoices):
        EMAIL_VERIFICATION = "EMAIL_VERIFICATION_OTP", _("Vérification de l'adresse")
        PASSWORD_RESET = "PASSWORD_RESET_OTP", _("Nouveau mot de passe")  # noqa: S105
        EMAIL_CHANGE = "EMAIL_CHANGE_OTP", _("Changement d'adresse")

    utilisateur = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="codes", verbose_name=_("compte")
    )
    type_token = models.CharField(_("type"), max_length=30, choices=Type)
    code_otp = models.CharField(_("code"), max_length=6, blank=True, editable=False)
    is_used = models.BooleanField(_("utilisé"), default=False)
    expire_at = models.DateTimeField(_("expire le"))
    tentatives = models.PositiveSmallIntegerField(_("essais faux"), default=0)
    adresse = models.EmailField(_("envoyé à"), blank=True, default="")
    date_creation = models.DateTimeField(_("créé le"), auto_now_add=True)

    objects = TokenVerificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("code de vérification")
        verbose_name_plural = _("codes de vérification")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["utilisateur", "type_token", "-date_creation"], name="users_token_du_compte"
            ),
            models.Index(
                fields=["expire_at"], condition=~Q(code_otp=""), name="users_token_a_effacer"
            ),
            # A reset names nothing but the address.
            models.Index(fields=["adresse", "type_token"], name="users_token_de_l_adresse"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(tentatives__lte=5),
                name="users_token_cinq_essais",
                violation_error_message=_("Un code n'accepte que cinq essais."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_type_token_display()} ({self.date_creation:%d/%m/%Y %H:%M})"


class SessionQuerySet(ScopedQuerySet):
    owner_lookup = "utilisateur"

    def live(self, now: datetime | None = None):
        """Those whose tokens are still worth something."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=now or timezone.now())


class Session(models.Model):
    """One sign-in, through the API or the admin; `id` is the `sid` claim of its tokens.

    Tokens carry the generation they belong to; see `users.services.sessions` for how a refresh
    opens the next one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    utilisateur = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="sessions", verbose_name=_("compte")
    )
    generation = models.PositiveIntegerField(_("génération"), default=1)
    generation_opened_at = models.DateTimeField(_("génération ouverte le"), default=timezone.now)
    generation_seen = models.BooleanField(_("génération vue"), default=False)
    created_at = models.DateTimeField(_("ouverte le"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("dernière activité"), default=timezone.now)
    expires_at = models.DateTimeField(_("expire le"))
    revoked_at = models.DateTimeField(_("fermée le"), null=True, blank=True)
    user_agent = models.CharField(_("appareil"), max_length=200, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["expires_at"], name="users_session_expire"),
            models.Index(fields=["-created_at", "-id"], name="users_session_recentes"),
        ]

    def __str__(self) -> str:
        return f"{self.utilisateur} ({self.created_at:%d/%m/%Y %H:%M})"


class SecondFacteurQuerySet(ScopedQuerySet):
    """Secrets are nobody's to read: no scope at all."""


class SecondFacteur(models.Model):
    """The authenticator app of an account, once a first code has proved it.

    `secret` is sealed (`users.services.sealing`); the rules are in `users.services.second_factor`.
    """

    utilisateur = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("compte")
    )
    secret = models.CharField(_("secret"), max_length=255, editable=False)
    confirme_le = models.DateTimeField(_("actif depuis le"), default=timezone.now)
    # The thirty seconds whose code served last: neither it nor an older one serves again.
    dernier_pas = models.BigIntegerField(_("dernier pas"), default=0, editable=False)

    objects = SecondFacteurQuerySet.as_manager()

    class Meta:
        verbose_name = _("second facteur")
        verbose_name_plural = _("seconds facteurs")

    def __str__(self) -> str:
        return f"{self.utilisateur} ({self.confirme_le:%d/%m/%Y})"


class CodeSecours(models.Model):
    """One of ten codes that open an account whose telephone is lost; each serves once."""

    facteur = models.ForeignKey(
        SecondFacteur, models.CASCADE, related_name="codes", verbose_name=_("second facteur")
    )
    empreinte = models.CharField(_("empreinte"), max_length=64, editable=False)
    utilise_le = models.DateTimeField(_("utilisé le"), null=True, blank=True)

    objects = SecondFacteurQuerySet.as_manager()

    class Meta:
        verbose_name = _("code de secours")
        verbose_name_plural = _("codes de secours")
        constraints = [
            models.UniqueConstraint(
                fields=["facteur", "empreinte"],
                name="users_codesecours_unique",
                violation_error_message=_("Ce code de secours existe déjà."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.facteur} #{self.pk}"


class ConsentementQuerySet(ScopedQuerySet):
    owner_lookup = "utilisateur"

    def in_force_first(self):
        """The notice of now before others, whenever it was accepted: one that comes back into
        force is not asked for again. Then the latest."""
        in_force = Q(version=settings.PRIVACY_NOTICE_VERSION)
        return self.order_by(ExpressionWrapper(in_force, BooleanField()).desc(), "-date", "-pk")


class Consentement(models.Model):
    """That an account accepted a version of the privacy notice, and when. A row is never changed:
    another version is another row."""

    utilisateur = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="consentements",
        verbose_name=_("compte"),
    )
    # PRIVACY_NOTICE_VERSION at the time.
    version = models.CharField(_("version de la notice acceptée"), max_length=20, editable=False)
    date = models.DateTimeField(_("acceptée le"), default=timezone.now, editable=False)

    objects = ConsentementQuerySet.as_manager()

    class Meta:
        verbose_name = _("consentement")
        verbose_name_plural = _("consentements")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["utilisateur", "version"],
                name="users_consentement_unique",
                violation_error_message=_("Cette version de la notice est déjà acceptée."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.utilisateur} : {self.version} ({self.date:%d/%m/%Y})"


class ExportDonneesQuerySet(ScopedQuerySet):
    owner_lookup = "utilisateur"

    def kept(self):
        return self.filter(date_creation__gt=timezone.now() - ExportDonnees.KEPT)

    def expired(self):
        return self.filter(date_creation__lte=timezone.now() - ExportDonnees.KEPT)


class ExportDonnees(Horodate):
    """All that is held about an account, as one archive for its owner. Made by the task queue,
    kept for three days; without a file as long as it is being made."""

    KEPT = timedelta(days=3)

    utilisateur = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="exports", verbose_name=_("compte")
    )
    fichier = models.FileField(
        _("fichier"), storage=private_storage, upload_to=random_path, max_length=150, blank=True
    )
    taille = models.PositiveBigIntegerField(_("taille (octets)"), default=0)

    objects = ExportDonneesQuerySet.as_manager()

    class Meta:
        verbose_name = _("export de données")
        verbose_name_plural = _("exports de données")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["utilisateur"],
                condition=Q(fichier=""),
                name="users_exportdonnees_un_a_la_fois",
                violation_error_message=_("Un export est déjà en préparation."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.utilisateur} ({self.date_creation:%d/%m/%Y %H:%M})"

    @property
    def est_pret(self) -> bool:
        return bool(self.fichier)

    @property
    def expire_le(self):
        return self.date_creation + self.KEPT
