"""How the admin looks: its name, its colours, its door (django-unfold)."""

from django.templatetags.static import static
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _

UNFOLD = {
    "SITE_TITLE": "E-CMS",
    "SITE_HEADER": "E-CMS",
    "SITE_SUBHEADER": _("La mairie en ligne"),
    "SITE_SYMBOL": "account_balance",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": False,
    "LOGIN": {"form": "users.forms.LoginForm"},
    "STYLES": [lambda request: static("ecms/admin/desk.css")],
    "SCRIPTS": [
        lambda request: static("ecms/admin/labels.js"),
        # It asks the address that it is given.
        lambda request: f"{static('users/presence.js')}?{reverse('admin_presence')}",
    ],
    "ACCOUNT": {
        "navigation": [
            {"title": _("Second facteur"), "link": reverse_lazy("admin_second_facteur")},
            {"title": _("Changer de mot de passe"), "link": reverse_lazy("admin_password_reset")},
        ]
    },
    "SIDEBAR": {
        "show_all_applications": False,
        "navigation": "ecms.admin.navigation.navigation",
    },
    "DASHBOARD_CALLBACK": "ecms.admin.home.home",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("ecms/favicon.svg"),
        }
    ],
    # The green of the flag, from light to dark.
    "COLORS": {
        "primary": {
            "50": "#eefbf3",
            "100": "#d6f5e1",
            "200": "#b0eac8",
            "300": "#7cd9a8",
            "400": "#46c084",
            "500": "#23a568",
            "600": "#0f7a49",
            "700": "#0a6b3d",
            "800": "#0b5533",
            "900": "#0a462b",
            "950": "#042718",
        }
    },
}
