"""System checks on the environment: what production needs, and what it must not have."""

import re

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register

EXAMPLES = {"your-secret-key-here", "changez-moi"}
SHORTEST_KEY = 32
SHORTEST_TOKEN = 16


@register("environment")
def production_environment(app_configs, **kwargs):
    """In production a missing variable stops the start with a sentence that says which and why."""
    if not settings.PRODUCTION or settings.TESTING:
        return []
    needed = {
        "ALLOWED_HOSTS": "les noms sous lesquels le site répond",
        "API_BASE_URL": "l'adresse publique de l'API, telle que les courriels la donnent",
        "FRONTEND_URL": "l'adresse du site public, où mènent les liens des courriels",
    }
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        needed["EMAIL_HOST"] = "le serveur qui envoie les codes et les avis"
    errors = [
        Error(f"La variable {name} manque : {why}.", id=f"ecms.E00{number}")
        for number, (name, why) in enumerate(needed.items(), start=1)
        if not getattr(settings, name)
    ]
    return errors + _secret_key()


def _secret_key():
    key = settings.SECRET_KEY
    if key in EXAMPLES:
        return [Error("SECRET_KEY a encore la valeur de l'exemple.", id="ecms.E005")]
    if len(key) < SHORTEST_KEY:
        text = f"SECRET_KEY est trop courte : au moins {SHORTEST_KEY} caractères tirés au hasard."
        return [Error(text, id="ecms.E006")]
    return []


@register("environment", Tags.security, deploy=True)
def unsafe_deployment(app_configs, **kwargs):
    """What may serve a demonstration and never citizens."""
    if not settings.PRODUCTION:
        return []
    database = settings.DATABASES["default"]
    found = []
    if database["PASSWORD"] == "root":  # noqa: S105 the documented default, refused here
        found.append(Error("DB_PASSWORD vaut « root », la valeur documentée.", id="ecms.E010"))
    if database["ENGINE"] == settings.EMBEDDED:
        found.append(
            Error(
                "Le PostgreSQL embarqué sert la démonstration, pas la production.", id="ecms.E011"
            )
        )
    if any(host.startswith("*") for host in settings.ALLOWED_HOSTS):
        found.append(Error("ALLOWED_HOSTS accepte n'importe quel hôte (« * »).", id="ecms.E012"))
    if settings.SIMPLE_JWT["SIGNING_KEY"] == settings.SECRET_KEY:
        found.append(Error("JWT_SIGNING_KEY et SECRET_KEY sont la même clé.", id="ecms.E013"))
    if "localhost" in settings.DEFAULT_FROM_EMAIL:
        text = "DEFAULT_FROM_EMAIL n'est pas une adresse de ce site."
        found.append(Warning(text, id="ecms.W014"))
    return found


@register("environment")
def accelerated_prefix(app_configs, **kwargs):
    prefix = settings.X_ACCEL_PREFIX
    if not prefix or re.fullmatch(r"/[A-Za-z0-9_-]+/", prefix):
        return []
    text = f"X_ACCEL_PREFIX vaut « {prefix} » : attendu un chemin tel que /_prive/."
    return [Error(text, id="ecms.E008")]


@register("environment")
def metrics_token(app_configs, **kwargs):
    if 0 < len(settings.METRICS_TOKEN) < SHORTEST_TOKEN:
        text = f"METRICS_TOKEN est trop courte : au moins {SHORTEST_TOKEN} caractères."
        return [Error(text, id="ecms.E009")]
    return []


@register("environment")
def sentry_address(app_configs, **kwargs):
    if settings.SENTRY_DSN and not re.fullmatch(
        r"https?://[^/@\s]+@[^/@\s]+/\S+", settings.SENTRY_DSN
    ):
        text = "SENTRY_DSN n'est pas une adresse telle que https://clé@sentry.exemple.cm/1."
        return [Error(text, id="ecms.E015")]
    return []


@register("environment")
def mail_encryption(app_configs, **kwargs):
    if settings.EMAIL_USE_TLS and settings.EMAIL_USE_SSL:
        return [Error("EMAIL_USE_TLS et EMAIL_USE_SSL s'excluent.", id="ecms.E007")]
    return []
