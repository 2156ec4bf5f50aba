"""The groups that every installation has, and what each may do: the one table of roles.

Applied after `migrate`, and only ever added to: what an administrator granted stays. No code
asks for a group by its name.
"""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions

CONTENT = ["documents", "evenements"]
ALL = ["view", "add", "change", "delete"]

# Group -> "app" or "app.model" -> verbs.
GROUPS = {
    "Administration de la mairie": {
        "documents": ALL,
        "evenements": ALL,
        "demarches": ALL,
        "projets": ALL,
        "mairies.mairie": ["view", "change"],
        "mairies.servicemunicipal": ALL,
        "users.utilisateur": ["view", "add", "change"],
        "users.profilagentcommunal": ["view", "add", "change"],
    },
    "Contenu": {
        "documents": ALL,
        "evenements": ALL,
        "projets": ALL,
        "mairies.mairie": ["view"],
        "mairies.servicemunicipal": ["view"],
    },
    "Guichet": {
        "demarches": ["view", "add", "change"],
        "mairies.mairie": ["view"],
        "mairies.servicemunicipal": ["view", "change"],
    },
    "Technique": {
        "demarches.signalement": ["view", "add", "change"],
        "projets": ["view", "add", "change"],
        "mairies.mairie": ["view"],
        "mairies.servicemunicipal": ["view"],
    },
    "Lecture": {
        "documents": ["view"],
        "evenements": ["view"],
        "demarches": ["view"],
        "projets": ["view"],
        "mairies.mairie": ["view"],
        "mairies.servicemunicipal": ["view"],
    },
}


def apply_groups(app_config, using, apps=installed, **kwargs):
    """`post_migrate`: give each group its permissions on the models of `app_config`."""
    try:
        group_model = apps.get_model("auth", "Group")
        permission_model = apps.get_model("auth", "Permission")
    except LookupError:
        return
    create_permissions(app_config, verbosity=0, using=using, apps=apps)
    permissions = permission_model.objects.using(using).select_related("content_type")
    of_the_app = list(permissions.filter(content_type__app_label=app_config.label))
    for name, table in GROUPS.items():
        group, _created = group_model.objects.using(using).get_or_create(name=name)
        group.permissions.add(*[p for p in of_the_app if _granted(p, table)])


def _granted(permission, table: dict[str, list[str]]) -> bool:
    content_type = permission.content_type
    verb = permission.codename.removesuffix(f"_{content_type.model}")
    keys = (content_type.app_label, f"{content_type.app_label}.{content_type.model}")
    return any(verb in table.get(key, []) for key in keys)
