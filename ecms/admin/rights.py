"""How the rights of roles are called."""

from django.contrib.auth.models import Permission
from django.utils.translation import gettext_lazy

# Django writes the names of rights into the database, in the English of `migrate`.
RIGHTS = {
    "add": gettext_lazy("ajouter"),
    "change": gettext_lazy("modifier"),
    "delete": gettext_lazy("supprimer"),
    "view": gettext_lazy("consulter"),
}


def permission_label(permission: Permission) -> str:
    """Where, on what and which right, in the language of the reader."""
    action, _separator, model = permission.codename.partition("_")
    plain = model == permission.content_type.model and action in RIGHTS
    return f"{permission.content_type} | {RIGHTS[action] if plain else permission.name}"
