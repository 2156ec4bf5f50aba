"""What a role may do: Django's model permissions. Which rows it may do it to is `ecms.scoping`."""

from rest_framework.permissions import SAFE_METHODS, BasePermission

PERMISSION_OF = {
    "list": "view",
    "retrieve": "view",
    "create": "add",
    "update": "change",
    "partial_update": "change",
    "destroy": "delete",
}


class ModelPermissions(BasePermission):
    """Asks for the model permission of the action: `view`, `add`, `change` or `delete`.

    A viewset says with `is_public` that anyone may read it, with `open_actions` what needs no
    permission, and with `permissions` which one an action of its own asks for (otherwise `change`,
    or `view` if it only reads). A route that is not known is let through to its 405.
    """

    def has_permission(self, request, view):
        action = getattr(view, "action", None)
        reads = request.method in SAFE_METHODS
        if action is None or action in view.open_actions or (reads and view.is_public):
            return True
        user = request.user
        return user.is_authenticated and user.has_perm(permission_of(view, action, reads))


def permission_of(view, action, reads: bool) -> str:
    """The model permission that an action asks of an agent, such as "demarches.view_signalement";
    `reads` says whether it only reads."""
    verb = view.permissions.get(action) or PERMISSION_OF.get(action, "view" if reads else "change")
    options = view.queryset.model._meta
    return verb if "." in verb else f"{options.app_label}.{verb}_{options.model_name}"
