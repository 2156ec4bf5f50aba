"""What the Database Verification Report of the user fixes, and why there is more than that.

Only expectations: nothing here says what is really there.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

# Section 1
DATABASE = {"NAME": "ecms_db", "USER": "ecms_user", "HOST": "localhost", "PORT": "5432"}
CONN_MAX_AGE = 600
SSLMODE = "prefer"
POSTGRESQL_VERSION = 12

# Section 2
TABLES = {
    "django": (
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "django_admin_log",
        "django_content_type",
        "django_migrations",
        "django_session",
    ),
    "users": (
        "users_utilisateur",
        "users_utilisateur_groups",
        "users_utilisateur_user_permissions",
        "users_tokenverification",
        "users_profilagentcommunal",
    ),
    "demarches": (
        "demarches_demarcheadministrative",
        "demarches_formulaire",
        "demarches_rendezvous",
        "demarches_signalement",
    ),
    "documents": (
        "documents_actualite",
        "documents_documentofficiel",
        "documents_faq",
        "documents_pagecms",
    ),
    "evenements": (
        "evenements_abonnenewsletter",
        "evenements_evenement",
        "evenements_inscriptionevenement",
        "evenements_newsletter",
    ),
    "mairies": ("mairies_demandecreationsite", "mairies_mairie", "mairies_servicemunicipal"),
    "projets": ("projets_documentprojet", "projets_miseajourprojet", "projets_projet"),
}
ALL_TABLES = tuple(table for tables in TABLES.values() for table in tables)

# A table beyond the thirty earns its place here.
ADDITIONAL_TABLES = {
    "users_session": _("une ligne par connexion d'un compte, pour la fermer à distance"),
    "users_consentement": _("quelle version de la notice un compte a acceptée, et quand"),
    "users_exportdonnees": _("archives de ce qu'un compte emporte, trois jours"),
    "users_secondfacteur": _("application qui donne les codes de connexion, secret chiffré"),
    "users_codesecours": _("empreintes des codes de secours, pour un téléphone perdu"),
    "ecms_courriel": _("courriels à envoyer, écrits dans la transaction dont ils parlent"),
    "ecms_limitcounter": _("compteurs des limites de débit, communs à tous les processus"),
    "ecms_pendinghit": _("lectures à ajouter aux compteurs sans verrouiller leurs lignes"),
    "ecms_changement": _("ce qui a changé de ce que le public lit, pour ne rien relire en vain"),
    "ecms_compteur": _("ce que les tâches ont fait, compté pour les mesures"),
    "ecms_effacement": _("ce qui a été effacé, pour l'effacer encore d'une sauvegarde restaurée"),
    "ecms_requeteidempotente": _("réponses aux écritures répétées, pour ne les faire qu'une fois"),
    "ecms_importation": _("fichiers reçus, le temps de vérifier puis de confirmer leur import"),
    "django_q_ormq": _("file de tâches : ce qui attend"),
    "django_q_schedule": _("file de tâches : ce qui revient à heure fixe"),
    "django_q_task": _("file de tâches : ce qui est fait"),
    "evenements_envoinewsletter": _("qui a reçu quelle lettre d'information"),
    "demarches_piecejointe": _("fichiers privés d'un dossier, photos d'un signalement"),
    "demarches_suivi": _("historique des dossiers, signalements et rendez-vous"),
}

# Section 3
MIGRATIONS = (
    ("users", "0002_utilisateur_email_verifie_tokenverification"),
    ("users", "0003_remove_citoyen_role"),
    ("users", "0004_add_otp_fields"),
    ("users", "0005_utilisateur_avatar_url_utilisateur_first_name_and_more"),
)


# Section 5
@dataclass(frozen=True)
class Column:
    """A documented field. None: the document says nothing about it."""

    name: str
    kind: str
    length: int | None = None
    nullable: bool | None = False
    default: str | None = "-"
    is_unique: bool = False
    references: str = ""
    choices: tuple[str, ...] = ()

    @property
    def column(self) -> str:
        return f"{self.name}_id" if self.references else self.name

    @property
    def postgresql_type(self) -> str:
        """The documented type, as PostgreSQL spells it."""
        return POSTGRESQL_TYPES[self.kind] + (f"({self.length})" if self.length else "")


@dataclass(frozen=True)
class Schema:
    """A documented model; `columns` are the user's, `additional` ours, `relations` many-to-many."""

    model: str
    table: str
    columns: tuple[Column, ...]
    additional: tuple[str, ...]
    relations: tuple[str, ...] = ()


POSTGRESQL_TYPES = {
    "BigAutoField": "bigint",
    "BooleanField": "boolean",
    "CharField": "character varying",
    "DateTimeField": "timestamp with time zone",
    "EmailField": "character varying",
    "ForeignKey": "bigint",
}
EMAIL_LENGTH = 254  # Django's EmailField where no length is given

UTILISATEUR = Schema(
    model="users.Utilisateur",
    table="users_utilisateur",
    columns=(
        Column("id", "BigAutoField", default="auto", is_unique=True),
        Column("password", "CharField", 128),
        Column("last_login", "DateTimeField", nullable=True, default="NULL"),
        Column("is_superuser", "BooleanField", default="False"),
        Column("username", "CharField", 150, is_unique=True),
        Column("first_name", "CharField", 150, default="''"),
        Column("last_name", "CharField", 150, default="''"),
        Column("email", "EmailField", EMAIL_LENGTH, nullable=True, default="NULL"),
        Column("is_staff", "BooleanField", default="False"),
        Column("is_active", "BooleanField", default="True"),
        Column("date_joined", "DateTimeField", default="auto_now_add"),
        Column("avatar_url", "CharField", 500, default="''"),
        Column("is_verified", "BooleanField", default="False"),
        Column("email_verifie", "BooleanField", default="False"),
        Column("role_user", "CharField", 20, default="'CITOYEN'", choices=("CITOYEN", "AGENT")),
        Column("date_creation", "DateTimeField", default="auto_now_add"),
        Column("date_modification", "DateTimeField", default="auto_now"),
    ),
    additional=(
        "mairie_id",
        "telephone",
        "telephone_verifie",
        "adresse",
        "date_naissance",
        "langue",
        "notifications_email",
        "notifications_sms",
        "lieu_naissance",
        "consentement_le",
    ),
    relations=("groups", "user_permissions"),
)

_OPEN = {"nullable": None, "default": None}
TOKEN_VERIFICATION = Schema(
    model="users.TokenVerification",
    table="users_tokenverification",
    columns=(
        Column("id", "BigAutoField", is_unique=True, **_OPEN),
        Column("utilisateur", "ForeignKey", references="users_utilisateur", **_OPEN),
        Column(
            "type_token",
            "CharField",
            30,
            choices=("EMAIL_VERIFICATION_OTP", "PASSWORD_RESET_OTP"),
            **_OPEN,
        ),
        Column("code_otp", "CharField", 6, **_OPEN),
        Column("is_used", "BooleanField", **_OPEN),
        Column("expire_at", "DateTimeField", **_OPEN),
        Column("date_creation", "DateTimeField", **_OPEN),
    ),
    additional=("tentatives", "adresse"),
)


# Section 8
@dataclass(frozen=True)
class Variable:
    """A documented variable; `placeholder` is the document's example where it must be replaced."""

    name: str
    placeholder: str = ""
    is_secret: bool = False
    is_required: bool = False
    is_mail: bool = False


VARIABLES = (
    Variable("DB_NAME", is_required=True),
    Variable("DB_USER", is_required=True),
    Variable("DB_PASSWORD", placeholder="root", is_secret=True, is_required=True),
    Variable("DB_HOST"),
    Variable("DB_PORT"),
    Variable("SECRET_KEY", placeholder="your-secret-key-here", is_secret=True, is_required=True),
    Variable("DEBUG"),
    Variable("ALLOWED_HOSTS", placeholder="yourdomain.com, www.yourdomain.com", is_required=True),
    Variable("EMAIL_BACKEND", is_required=True),
    Variable("EMAIL_HOST", is_required=True, is_mail=True),
    Variable("EMAIL_PORT", is_required=True, is_mail=True),
    Variable("EMAIL_USE_TLS", is_mail=True),
    Variable("EMAIL_HOST_USER", placeholder="your-email@gmail.com", is_mail=True),
    Variable("EMAIL_HOST_PASSWORD", placeholder="your-app-password", is_secret=True, is_mail=True),
    Variable("API_BASE_URL", placeholder="https://yourdomain.com/api/v1", is_required=True),
    Variable("FRONTEND_URL", placeholder="https://frontend.yourdomain.com", is_required=True),
)

# Section 10
ENDPOINTS = (
    ("/api/v1/auth/register", ("POST",)),
    ("/api/v1/auth/login", ("POST",)),
    ("/api/v1/auth/logout", ("POST",)),
    ("/api/v1/auth/token/refresh", ("POST",)),
    ("/api/v1/auth/token/blacklist", ("POST",)),
    ("/api/v1/auth/email/verify/send", ("POST",)),
    ("/api/v1/auth/email/verify/confirm", ("POST",)),
    ("/api/v1/auth/password/forgot", ("POST",)),
    ("/api/v1/auth/password/reset", ("POST",)),
    ("/api/v1/auth/profile", ("GET", "PUT")),
)
