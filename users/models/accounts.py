"""Accounts, and what makes one an agent."""

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from ecms.models import Horodate
from ecms.scoping import ScopedQuerySet
from users.models.access import Consentement

# From an account to the mairie that it works for.
AGENT_MAIRIE = "profilagentcommunal__mairie"


def agent_mairie_pages(prefix: str = "") -> list[str]:
    """What of that mairie no right depends on; `prefix` leads to the account."""
    mairies = apps.get_model("mairies", "Mairie").objects.all()
    return mairies.all_but_name_of(prefix + AGENT_MAIRIE)


class UtilisateurQuerySet(ScopedQuerySet):
    """An account is reached by its owner, and by the staff of the mairie it works for."""

    owner_lookup = "pk"
    mairie_lookup = "profilagentcommunal__mairie"

    def named(self, username: str):
        """The account of this name, in any case (through the index that keeps it unique: the
        database lowers both sides, as its locale does)."""
        return self.alias(_username=Lower("username")).filter(_username=Lower(Value(username)))

    def with_profile(self):
        """What deciding about rights needs, in the same query."""
        return self.select_related(AGENT_MAIRIE).defer(*agent_mairie_pages())

    def as_told(self):
        """All that a profile tells of an account, in the same query."""
        accepted = Consentement.objects.filter(utilisateur=OuterRef("pk")).in_force_first()
        version = Coalesce(Subquery(accepted.values("version")[:1]), Value(""))
        told = self.with_profile().select_related("secondfacteur")
        return told.annotate(consentement_version=version)


class UtilisateurManager(UserManager.from_queryset(UtilisateurQuerySet)):
    def create_superuser(self, username, email=None, password=None, **extra_fields):
        """A national administrator, working at once: whoever runs the installation vouches
        for the address, which is cleared from every claim.

        Raises `ValidationError` if the name or the address is another account's.
        """
        email = self.normalize_email(email) or None
        verified = {"is_verified": bool(email), "email_verifie": bool(email)}
        rights = {"is_staff": True, "is_superuser": True}
        account = self._create_user_object(
            username, email, password, **{**verified, **rights, **extra_fields}
        )
        account.validate_constraints()
        with transaction.atomic(using=self._db):
            self.filter(email=email, is_verified=False).update(email=None)
            account.save(using=self._db)
        return account

    def get_by_natural_key(self, username):
        return self.named(username).get()

    @classmethod
    def normalize_email(cls, email):
        """An address is one identity whatever its case."""
        return (email or "").strip().lower()


class Utilisateur(AbstractUser):
    """Any account: a citizen's, an agent's, a national administrator's (`is_superuser`)."""

    class Role(models.TextChoices):
        CITOYEN = "CITOYEN", _("Citoyen")
        AGENT = "AGENT", _("Agent communal")

    class Langue(models.TextChoices):
        FR = "fr", _("Français")
        EN = "en", _("Anglais")

    username = models.CharField(
        _("nom d'utilisateur"),
        max_length=150,
        unique=True,
        validators=[
            RegexValidator(
                r"^[\w.+-]+\Z",
                _("Lettres, chiffres et . + - _ seulement (pas d'arobase ni d'espace)."),
            )
        ],
        error_messages={"unique": _("Ce nom d'utilisateur est déjà pris.")},
    )
    first_name = models.CharField(_("prénom"), max_length=150, blank=True, default="")
    last_name = models.CharField(_("nom"), max_length=150, blank=True, default="")
    # A claim until `is_verified`; unique, in any case, among verified accounts.
    email = models.EmailField(_("adresse électronique"), null=True, blank=True)  # noqa: DJ001
    date_joined = models.DateTimeField(_("inscrit le"), auto_now_add=True)
    avatar_url = models.CharField(_("photo"), max_length=500, blank=True, default="")
    # One fact in two documented columns: `users.services.addresses.verify` alone sets them.
    is_verified = models.BooleanField(_("adresse vérifiée"), default=False)
    email_verifie = models.BooleanField(_("adresse vérifiée"), default=False, editable=False)
    role_user = models.CharField(_("rôle"), max_length=20, choices=Role, default=Role.CITOYEN)
    # The citizen's own commune, a preference: it never gives a right.
    mairie = models.ForeignKey(
        "mairies.Mairie",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="habitants",
        verbose_name=_("commune de résidence"),
    )
    telephone = PhoneNumberField(_("téléphone"), blank=True, default="", max_length=16)
    telephone_verifie = models.BooleanField(_("téléphone vérifié"), default=False)
    adresse = models.CharField(_("adresse"), max_length=255, blank=True, default="")
    date_naissance = models.DateField(_("date de naissance"), null=True, blank=True)
    lieu_naissance = models.CharField(
        _("lieu de naissance"), max_length=150, blank=True, default=""
    )
    langue = models.CharField(_("langue"), max_length=2, choices=Langue, default=Langue.FR)
    notifications_email = models.BooleanField(_("avis par courriel"), default=True)
    notifications_sms = models.BooleanField(_("avis par SMS"), default=False)
    consentement_le = models.DateTimeField(
        _("notice de confidentialité acceptée le"), null=True, blank=True
    )
    date_creation = models.DateTimeField(_("créé le"), auto_now_add=True)
    date_modification = models.DateTimeField(_("modifié le"), auto_now=True)

    objects = UtilisateurManager()

    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        verbose_name = _("utilisateur")
        verbose_name_plural = _("utilisateurs")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="users_utilisateur_username_unique",
                violation_error_message=_("Ce nom d'utilisateur est déjà pris."),
            ),
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(is_verified=True),
                name="users_utilisateur_email_verifie_unique",
                violation_error_message=_("Cette adresse appartient à un autre compte."),
            ),
            models.CheckConstraint(
                condition=Q(is_verified=F("email_verifie")),
                name="users_utilisateur_verifie_coherent",
                violation_error_message=_("Les deux marques de vérification diffèrent."),
            ),
            models.CheckConstraint(
                condition=Q(email=Lower("email")),
                name="users_utilisateur_email_minuscule",
                violation_error_message=_("Une adresse s'écrit en minuscules."),
            ),
            models.CheckConstraint(
                condition=~Q(username__contains="@"),
                name="users_utilisateur_username_sans_arobase",
                violation_error_message=_("Un nom d'utilisateur ne contient pas d'arobase."),
            ),
            models.CheckConstraint(
                condition=Q(role_user__in=["CITOYEN", "AGENT"]),
                name="users_utilisateur_role_connu",
                violation_error_message=_("Ce rôle n'existe pas."),
            ),
        ]
        indexes = [models.Index(fields=["email"], name="users_utilisateur_email")]

    def clean(self):
        super().clean()
        self.email = self.email.lower() if self.email else None

    @cached_property
    def mairie_agent(self):
        """The mairie that the account works for, None unless it is an agent's at an active one."""
        if not (self.is_active and self.is_staff and self.role_user == self.Role.AGENT):
            return None
        profile = getattr(self, "profilagentcommunal", None)
        return profile.mairie if profile and profile.mairie.est_active else None

    @property
    def mairie_agent_id(self) -> int | None:
        return self.mairie_agent and self.mairie_agent.pk

    @cached_property
    def consentement_version(self) -> str:
        """Which privacy notice the account has accepted, "" for none."""
        accepted = self.consentements.in_force_first()
        return accepted.values_list("version", flat=True).first() or ""

    @property
    def a_second_facteur(self) -> bool:
        return hasattr(self, "secondfacteur")


class ProfilAgentCommunalQuerySet(ScopedQuerySet):
    mairie_lookup = "mairie"
    owner_lookup = "utilisateur"


class ProfilAgentCommunal(Horodate):
    """Makes an account an agent of one mairie, and of no other."""

    utilisateur = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("utilisateur")
    )
    mairie = models.ForeignKey(
        "mairies.Mairie", models.PROTECT, related_name="agents", verbose_name=_("mairie")
    )
    service = models.ForeignKey(
        "mairies.ServiceMunicipal",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="agents",
        verbose_name=_("service"),
    )
    fonction = models.CharField(_("fonction"), max_length=150, blank=True, default="")

    objects = ProfilAgentCommunalQuerySet.as_manager()

    class Meta:
        verbose_name = _("profil d'agent communal")
        verbose_name_plural = _("profils d'agents communaux")

    def __str__(self) -> str:
        return f"{self.utilisateur} ({self.mairie})"
