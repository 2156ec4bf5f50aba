"""Settings, one file. What differs between machines comes from the environment (`.env.example`)."""

import hashlib
import os
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from ecms import logging, policies, theme
from ecms.environment import BadEnvironment, Environment, origin_of
from ecms.storages import LOCAL_STORAGES, s3_storages

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment(BASE_DIR)

# Core ------------------------------------------------------------------------

DEMO = env.demo
DEBUG = env.flag("DEBUG", default=False)
PRODUCTION = not (DEBUG or DEMO)
TESTING = "PYTEST_VERSION" in os.environ
SECRET_KEY = env.text("SECRET_KEY")
if not SECRET_KEY:
    raise BadEnvironment("La variable SECRET_KEY est vide.")
SECRET_KEY_FALLBACKS = env.items("SECRET_KEY_FALLBACKS", default=[])
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", default=[] if PRODUCTION else LOCAL_HOSTS)
ROOT_URLCONF = "ecms.urls"
WSGI_APPLICATION = "ecms.wsgi.application"
AUTH_USER_MODEL = "users.Utilisateur"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Where the API and the front end are, as the outside sees them: what links in mails are made of.
API_BASE_URL = env.url("API_BASE_URL", default="" if PRODUCTION else "http://127.0.0.1:8000/api/v1")
FRONTEND_URL = env.url("FRONTEND_URL", default="" if PRODUCTION else "http://127.0.0.1:3000")
ADMIN_URL = env.text("ADMIN_URL", default="admin").strip("/") + "/"

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "corsheaders",
    "csp",
    "django_filters",
    "django_q",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "phonenumber_field",
    "rest_framework",
    "ecms",
    "users",
    "mairies",
    "documents",
    "demarches",
    "evenements",
    "projets",
    "django_cleanup.apps.CleanupConfig",
]

MIDDLEWARE = [
    "ecms.middleware.HeadersMiddleware",
    "ecms.observing.middleware.MeasuringMiddleware",
    "ecms.middleware.RequestMiddleware",
    "ecms.public_cache.PublicCacheMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "ecms.middleware.ApiMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "users.middleware.AdminSessionMiddleware",
    "ecms.admin.figures.ActedMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before those of the apps: the home of the admin is ours, not Unfold's.
        "DIRS": [BASE_DIR / "ecms" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Django Debug Toolbar shows slow queries in development; its own checks refuse it under tests.
if DEBUG and not TESTING and find_spec("debug_toolbar"):
    INSTALLED_APPS.append("debug_toolbar")
    MIDDLEWARE.insert(5, "debug_toolbar.middleware.DebugToolbarMiddleware")
    INTERNAL_IPS = ["127.0.0.1", "::1"]

# Database --------------------------------------------------------------------

# Dropping a test database waits for the disk, which others may keep busy.
STATEMENT_SECONDS = env.integer("DB_STATEMENT_TIMEOUT", default=60 if TESTING else 15)
POSTGRESQL = "django.db.backends.postgresql"
EMBEDDED = "ecms.db.embedded"
DATABASES = {
    "default": {
        "ENGINE": env.choice(
            "DB_ENGINE",
            default=EMBEDDED if DEMO and not env.names_a_database else POSTGRESQL,
            choices={POSTGRESQL, EMBEDDED},
        ),
        "NAME": env.text("DB_NAME", default="ecms_db"),
        "USER": env.text("DB_USER", default="ecms_user"),
        # The documented default; a deployment check refuses it in production.
        "PASSWORD": env.text("DB_PASSWORD", default="root"),
        "HOST": env.text("DB_HOST", default="localhost"),
        "PORT": env.text("DB_PORT", default="5432"),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "sslmode": env.choice(
                "DB_SSLMODE",
                default="prefer",
                choices={"disable", "allow", "prefer", "require", "verify-ca", "verify-full"},
            ),
            "connect_timeout": env.integer("DB_CONNECT_TIMEOUT", default=2, at_least=1),
            # A path that is cut is noticed: idle after a minute, in the middle after ten seconds.
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,
            "options": (
                f"-c statement_timeout={STATEMENT_SECONDS * 1000}"
                " -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000"
            ),
            "application_name": "ecms",
        },
        "EMBEDDED_DATA_DIR": env.local_dir / "postgresql",
    }
}
# Whether connections keep what they prepared: not behind a pooler that changes servers under them.
DB_PREPARES = env.flag("DB_PREPARES", default=True)
# What anonymous visitors read may come from a streaming replica (ecms/db/replica.py).
DATABASE_ROUTERS = []
if _replica := env.text("DB_REPLICA_HOST", default=""):
    _primary = DATABASES["default"]
    DATABASES["replica"] = {
        **_primary,
        "HOST": _replica,
        "PORT": env.text("DB_REPLICA_PORT", default=_primary["PORT"]),
        "USER": env.text("DB_REPLICA_USER", default=_primary["USER"]),
        "PASSWORD": env.text("DB_REPLICA_PASSWORD", default=_primary["PASSWORD"]),
        "OPTIONS": {
            **_primary["OPTIONS"],
            "options": f"{_primary['OPTIONS']['options']} -c default_transaction_read_only=on",
            "application_name": "ecms-replica",
        },
        "TEST": {"MIRROR": "default"},
    }
    DATABASE_ROUTERS = ["ecms.db.replica.Router"]

# Accounts --------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["users.backends.Backend"]
PASSWORD_HASHERS = [
    "users.hashers.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "first_name", "last_name", "email"]},
    },
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
    {"NAME": "users.password_validation.ContextValidator"},
]
LOGIN_URL = reverse_lazy("admin:login")
SESSION_COOKIE_AGE = 8 * 3600
# Without a request for so long, a sign-in to the admin is over.
ADMIN_IDLE = env.seconds("ADMIN_IDLE_SECONDS", default=1800)
# Who must have a second factor: all who work here, or national administrators alone.
SECOND_FACTOR_REQUIRED = env.choice(
    "SECOND_FACTOR_REQUIRED",
    default="staff" if PRODUCTION else "national",
    choices={"staff", "national"},
)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

ACCESS_TOKEN_LIFETIME = env.seconds("ACCESS_TOKEN_SECONDS", default=600)
REFRESH_TOKEN_LIFETIME = env.seconds("REFRESH_TOKEN_SECONDS", default=7 * 86400)
REFRESH_TOKEN_STAFF_LIFETIME = env.seconds("REFRESH_TOKEN_STAFF_SECONDS", default=12 * 3600)
SESSION_MAX_LIFETIME = env.seconds("SESSION_MAX_SECONDS", default=30 * 86400)
REFRESH_GRACE = env.seconds("REFRESH_GRACE_SECONDS", default=30)
SIMPLE_JWT = {
    "ALGORITHM": "HS256",
    "SIGNING_KEY": env.text("JWT_SIGNING_KEY", default="")
    or hashlib.sha256(f"ecms.jwt:{SECRET_KEY}".encode()).hexdigest(),
    "ISSUER": "ecms",
    "USER_ID_CLAIM": "sub",
    "ACCESS_TOKEN_LIFETIME": ACCESS_TOKEN_LIFETIME,
    "REFRESH_TOKEN_LIFETIME": REFRESH_TOKEN_LIFETIME,
    "LEEWAY": 0,
}

# Which privacy notice people accept when they open an account; noted with the moment.
PRIVACY_NOTICE_VERSION = env.text("PRIVACY_NOTICE_VERSION", default="1")
if not 1 <= len(PRIVACY_NOTICE_VERSION) <= 20:
    raise BadEnvironment("PRIVACY_NOTICE_VERSION a de 1 à 20 caractères.")
# Where to report a vulnerability: mailto: or https://; told at /.well-known/security.txt.
SECURITY_CONTACT = env.text("SECURITY_CONTACT", default="")
if SECURITY_CONTACT and not SECURITY_CONTACT.startswith(("mailto:", "https://")):
    raise BadEnvironment("SECURITY_CONTACT commence par mailto: ou https://.")

# How many within how long; per account, per address of a client (see docs/operations.md).
RATES = {
    "connexion_compte": env.rate("RATE_LOGIN_ACCOUNT", default="5/15m"),
    "connexion_adresse": env.rate("RATE_LOGIN_ADDRESS", default="100/h"),
    # Wrong second factors of one account, whatever address they come from.
    "second_facteur_compte": env.rate("RATE_SECOND_FACTOR", default="10/15m"),
    # Mails that tell an owner that somebody is trying to get in.
    "alerte": env.rate("RATE_ALERT", default="1/d"),
    "code_adresse": env.rate("RATE_CODE_ADDRESS", default="100/h"),
    "courriel_adresse": env.rate("RATE_MAIL_ADDRESS", default="100/h"),
    "courriel_compte": env.rate("RATE_MAIL_ACCOUNT", default="5/h"),
    "inscription_adresse": env.rate("RATE_REGISTER_ADDRESS", default="100/h"),
    "demande_site_adresse": env.rate("RATE_SITE_REQUEST_ADDRESS", default="20/h"),
    # What people file: per account, per address without one.
    "demarche": env.rate("RATE_FILING", default="300/h"),
    "piece": env.rate("RATE_UPLOAD", default="300/h"),
    "message": env.rate("RATE_MESSAGE", default="60/h"),
    "rendez_vous": env.rate("RATE_BOOKING", default="300/h"),
    "signalement": env.rate("RATE_REPORT", default="100/h"),
    "inscription": env.rate("RATE_REGISTRATION", default="300/h"),
    "abonnement": env.rate("RATE_SUBSCRIPTION", default="60/h"),
    # Confirmations mailed to one address that somebody subscribed.
    "abonnement_courriel": env.rate("RATE_SUBSCRIPTION_MAIL", default="3/h"),
    # Letters that leave the whole installation: mail providers cap them.
    "newsletter": env.rate("RATE_NEWSLETTER", default="2000/h"),
    # What one account takes along of its data.
    "export_donnees": env.rate("RATE_DATA_EXPORT", default="10/h"),
    # Wrong secrets of dossiers, reports, appointments and registrations.
    "secret_adresse": env.rate("RATE_SECRET_ADDRESS", default="100/h"),
}
# How many proxies of ours stand before the application: only what they wrote in
# X-Forwarded-For is believed.
NUM_PROXIES = env.integer("NUM_PROXIES", default=0)

# Web -------------------------------------------------------------------------

# Read by gunicorn.conf.py.
BIND = env.text("BIND", default="127.0.0.1:8000")
WEB_WORKERS = env.integer("WEB_WORKERS", default=2, at_least=1)
WEB_THREADS = env.integer("WEB_THREADS", default=2, at_least=1)

CORS_ALLOWED_ORIGINS = env.origins(
    "CORS_ALLOWED_ORIGINS", default=[origin_of(FRONTEND_URL)] if FRONTEND_URL else []
)
CORS_URLS_REGEX = r"^/(api|flux|open311)/"
CORS_ALLOW_CREDENTIALS = True
CORS_ALLOW_HEADERS = [
    "accept",
    "accept-language",
    "authorization",
    "content-type",
    "if-match",
    "if-none-match",
    "if-range",
    "idempotency-key",
    "range",
    "x-request-id",
    "x-tenant-slug",
]
CORS_EXPOSE_HEADERS = [
    "Age",
    "ETag",
    "Retry-After",
    "X-Request-ID",
    "Content-Disposition",
    "Location",
    "Accept-Ranges",
    "Content-Range",
    "Idempotent-Replayed",
]
CSRF_FAILURE_VIEW = "users.views.door.expired_form"
CSRF_TRUSTED_ORIGINS = [origin_of(API_BASE_URL)] if API_BASE_URL else []

HTTPS = env.flag("HTTPS", default=PRODUCTION)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = env.integer("SECURE_HSTS_SECONDS", default=31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if NUM_PROXIES else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
X_FRAME_OPTIONS = "DENY"

# Bytes of a request: JSON and forms, then those that carry files.
DATA_UPLOAD_MAX_MEMORY_SIZE = env.integer("MAX_JSON_BYTES", default=1_000_000)
MAX_UPLOAD_BYTES = env.integer("MAX_UPLOAD_BYTES", default=25_000_000)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# Language and time -----------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
FORMAT_MODULE_PATH = ["ecms.formats"]
LOCALE_PATHS = [BASE_DIR / "ecms" / "locale"]
TIME_ZONE = "Africa/Douala"
USE_TZ = True
PHONENUMBER_DEFAULT_REGION = "CM"

# Maps ------------------------------------------------------------------------

# Tiles of a server of the operator's own; without it maps show what we carry, and ask nobody.
MAP_TILES_URL = env.url("MAP_TILES_URL", default="")
MAP_TILES_ATTRIBUTION = env.text("MAP_TILES_ATTRIBUTION", default="")
if MAP_TILES_URL and any(name not in MAP_TILES_URL for name in ("{z}", "{x}", "{y}")):
    raise BadEnvironment("MAP_TILES_URL doit contenir {z}, {x} et {y}.")

# Files -----------------------------------------------------------------------

STATIC_URL = "/static/"
# In production `collectstatic` gathers the static files; elsewhere they are served where they are.
COLLECTED = PRODUCTION and not TESTING
STATIC_ROOT = env.text("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")) if COLLECTED else None
WHITENOISE_USE_FINDERS = not COLLECTED
MEDIA_URL = "/media/"
_FILES = env.local_dir if DEMO else BASE_DIR
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", default=str(_FILES / "media")))
PRIVATE_ROOT = Path(env.text("PRIVATE_ROOT", default=str(_FILES / "private")))
# Where nginx knows PRIVATE_ROOT by an internal location, it sends what a view has released.
X_ACCEL_PREFIX = env.text("X_ACCEL_PREFIX", default="")
# In the demo the application serves public files itself; elsewhere the proxy does.
MEDIA_STORAGE = env.choice("MEDIA_STORAGE", default="local", choices={"local", "s3"})
SERVE_MEDIA = not PRODUCTION and MEDIA_STORAGE == "local"
STORAGES = {
    **(
        s3_storages(
            bucket=env.text("S3_BUCKET"),
            private_bucket=env.text("S3_PRIVATE_BUCKET"),
            public_url=env.url("S3_PUBLIC_URL", default=""),
            endpoint_url=env.url("S3_ENDPOINT_URL", default="") or None,
            region_name=env.text("S3_REGION", default="") or None,
            access_key=env.text("S3_ACCESS_KEY_ID", default="") or None,
            secret_key=env.text("S3_SECRET_ACCESS_KEY", default="") or None,
        )
        if MEDIA_STORAGE == "s3"
        else LOCAL_STORAGES
    ),
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o644
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "ecms.receiving.UnnamedFileUploadHandler",
]
IMAGE_MAX_BYTES = env.integer("IMAGE_MAX_BYTES", default=10_485_760)
IMAGE_MAX_PIXELS = 40_000_000
PRIVATE_FILE_MAX_BYTES = env.integer("PRIVATE_FILE_MAX_BYTES", default=10_485_760)
DOCUMENT_MAX_BYTES = env.integer("DOCUMENT_MAX_BYTES", default=20_971_520)

# Caches ----------------------------------------------------------------------

# What is kept of what the public reads, in each process or in a Redis of all; "" keeps nothing.
PUBLIC_CACHE = "public" if env.flag("PUBLIC_CACHE", default=True) else ""
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "public": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "public",
        "OPTIONS": {"MAX_ENTRIES": 500},
    },
}
CACHE_URL = env.text("CACHE_URL", default="")
if CACHE_URL:
    if not CACHE_URL.startswith(("redis://", "rediss://", "unix://")):
        raise BadEnvironment("CACHE_URL doit commencer par redis://, rediss:// ou unix://.")
    CACHES["public"] = {
        "BACKEND": "ecms.caches.SharedCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "ecms",
    }

# Backups ---------------------------------------------------------------------

_BACKUPS = env.text("BACKUP_DIR", default="")
BACKUP_DIR = Path(_BACKUPS) if _BACKUPS else None
BACKUP_KEY = env.text("BACKUP_KEY", default="")
BACKUP_KEEP = {
    "daily": env.integer("BACKUP_KEEP_DAILY", default=7),
    "weekly": env.integer("BACKUP_KEEP_WEEKLY", default=4),
    "monthly": env.integer("BACKUP_KEEP_MONTHLY", default=6),
}
# Older than that, the last one is late: a daily one, and two hours for it to be made.
BACKUP_MAX_AGE = timedelta(hours=env.integer("BACKUP_MAX_AGE_HOURS", default=26, at_least=1))

# Mail ------------------------------------------------------------------------

EMAIL_HOST = env.text("EMAIL_HOST", default="")
EMAIL_BACKEND = env.text(
    "EMAIL_BACKEND",
    default="django.core.mail.backends.filebased.EmailBackend"
    if DEMO and not EMAIL_HOST
    else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_FILE_PATH = env.local_dir / "mails"
EMAIL_PORT = env.integer("EMAIL_PORT", default=587, at_least=1)
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=PRODUCTION)
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL", default=False)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", default="")
EMAIL_TIMEOUT = env.integer("EMAIL_TIMEOUT", default=5, at_least=1)
# A mailing has time: giving up on a server that is slow to answer sends the message twice.
EMAIL_MAILING_TIMEOUT = env.integer("EMAIL_MAILING_TIMEOUT", default=60, at_least=1)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", default="E-CMS <ne-pas-repondre@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Who operates the installation: `manage.py alarme`.
ALARM_EMAIL = env.items("ALARM_EMAIL", default=[])
DISK_LEAST_PERCENT = env.integer("DISK_LEAST_PERCENT", default=10)

# Tasks -----------------------------------------------------------------------

# Two clusters: a code that lives six minutes never waits behind a mailing.
Q_CLUSTER = {
    "name": "ecms",
    "label": _("File de tâches"),
    "orm": "default",
    "broker_class": "ecms.queue.Broker",
    "workers": env.integer("TASK_WORKERS", default=2, at_least=1),
    "timeout": 60,
    "retry": 90,
    "max_attempts": 5,
    "catch_up": False,
    "save_limit": 250,
    "poll": 0.3,
    "log_level": "WARNING",
    "ALT_CLUSTERS": {"envois": {"workers": 1, "timeout": 600, "retry": 900}},
}

# API -------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["users.authentication.SessionTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["ecms.api.permissions.ModelPermissions"],
    "DEFAULT_PARSER_CLASSES": [
        "ecms.api.parsers.StrictJSONParser",
        "ecms.api.parsers.BoundedMultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["ecms.api.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["ecms.api.filters.FilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "ecms.api.pagination.CappedPagination",
    "DEFAULT_SCHEMA_CLASS": "ecms.api.schema.Schema",
    "DEFAULT_VERSIONING_CLASS": None,
    "EXCEPTION_HANDLER": "ecms.api.errors.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "NUM_PROXIES": NUM_PROXIES,
    "URL_FORMAT_OVERRIDE": None,
    "FORMAT_SUFFIX_KWARG": None,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "E-CMS",
    "DESCRIPTION": "La mairie en ligne des 374 communes du Cameroun.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.0.3",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "ecms.api.schema.document_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "StatutActualite": "documents.workflow.Statut",
        "TypeDocument": "documents.models.DocumentOfficiel.Type",
        "StatutDemande": "mairies.workflow.StatutDemande",
        "StatutMairie": "mairies.workflow.StatutMairie",
        "CategorieActualite": "documents.models.Actualite.Categorie",
        "TypeMairie": "mairies.models.Mairie.Type",
        "CategorieProjet": "projets.models.Projet.Categorie",
        "StatutProjet": "projets.workflow.Statut",
        "TypeDocumentProjet": "projets.models.DocumentProjet.Type",
        "TypeFormulaire": "demarches.models.Formulaire.Type",
        "StatutDemarche": "demarches.workflow.StatutDemarche",
        "StatutRendezVous": "demarches.workflow.StatutRendezVous",
        "StatutSignalement": "demarches.workflow.StatutSignalement",
        "CategorieSignalement": "mairies.categories.CategorieSignalement",
        "Priorite": "demarches.workflow.Priorite",
        "CategorieEvenement": "evenements.models.Evenement.Categorie",
        "StatutEvenement": "evenements.workflow.StatutEvenement",
        "StatutInscription": "evenements.workflow.StatutInscription",
        "StatutNewsletter": "evenements.workflow.StatutNewsletter",
        "StatutAbonne": "evenements.workflow.StatutAbonne",
        "StatutEnvoi": "evenements.workflow.StatutEnvoi",
    },
}

# Content security policy ------------------------------------------------------

# Where browsers find public files that are not ours to serve, and the tiles of maps.
S3_PUBLIC = env.url("S3_PUBLIC_URL", default="") or env.url("S3_ENDPOINT_URL", default="")
S3_ORIGIN = origin_of(S3_PUBLIC or "https://*.amazonaws.com") if MEDIA_STORAGE == "s3" else ""
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": policies.pages(images=[S3_ORIGIN, origin_of(MAP_TILES_URL)])
}

# Watching --------------------------------------------------------------------

# What is deployed, a tag or a commit, by which metrics and faults are told apart.
RELEASE = env.text("RELEASE", default="")
# The secret with which Prometheus reads /metrics; without one nothing is counted.
METRICS_TOKEN = env.text("METRICS_TOKEN", default="")
# A slower statement is a line of the log; 0 tells none.
SLOW_QUERY_MS = env.integer("SLOW_QUERY_MS", default=500)
SENTRY_DSN = env.text("SENTRY_DSN", default="")
SENTRY_ENVIRONMENT = env.text(
    "SENTRY_ENVIRONMENT", default="production" if PRODUCTION else "demonstration"
)

# Admin and logging -----------------------------------------------------------

UNFOLD = theme.UNFOLD
LOGGING = logging.configuration(
    style=env.choice(
        "LOG_FORMAT", default="json" if PRODUCTION else "text", choices={"json", "text"}
    ),
    level=env.choice("LOG_LEVEL", default="INFO", choices={"DEBUG", "INFO", "WARNING", "ERROR"}),
)
