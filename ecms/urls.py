from csp.decorators import csp
from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.static import serve
from drf_spectacular.views import (
    SpectacularAPIView,
    SpectacularRedocView,
    SpectacularSwaggerSplitView,
)

from ecms import contact, policies, views
from ecms.admin.autocomplete import RowsView
from ecms.admin.search import search
from ecms.api.dashboard import (
    DashboardActivitesView,
    DashboardChartsView,
    DashboardStatsView,
)
from ecms.api.links import LinkView
from ecms.api.recherche import RechercheView
from ecms.api.stats import StatsView
from evenements.flux import calendrier
from evenements.views.pages import AbonnementPage
from users.views.password_page import PasswordPage

handler500 = "ecms.views.server_error"

documentation = csp(policies.DOCUMENTATION)
apps = ["users", "mairies", "documents", "demarches", "evenements", "projets"]

urlpatterns = [
    path("api/v1/", include([path("", include(f"{app}.urls")) for app in apps])),
    path("api/v1/recherche", RechercheView.as_view(), name="recherche"),
    path("api/v1/stats", StatsView.as_view(), name="stats"),
    path("api/v1/dashboard/stats", DashboardStatsView.as_view(), name="dashboard_stats"),
    path("api/v1/dashboard/charts", DashboardChartsView.as_view(), name="dashboard_charts"),
    path(
        "api/v1/dashboard/activites", DashboardActivitesView.as_view(), name="dashboard_activites"
    ),
    path("api/v1/fichiers/<str:token>", LinkView.as_view(), name="fichier"),
    path("api/v1/schema", SpectacularAPIView.as_view(), name="schema"),
    path(
        "api/v1/docs",
        documentation(SpectacularSwaggerSplitView.as_view(url_name="schema")),
        name="docs",
    ),
    path(
        "api/v1/redoc",
        documentation(
            SpectacularRedocView.as_view(url_name="schema", template_name="ecms/redoc.html")
        ),
        name="redoc",
    ),
    path("", RedirectView.as_view(pattern_name="docs"), name="home"),
    path("flux/<slug:mairie>/evenements.ics", calendrier, name="agenda"),
    path("flux/", include("ecms.flux.urls")),
    path("abonnement/", AbonnementPage.as_view(), name="abonnement"),
    path("open311/v2/", include("demarches.open311.urls")),
    path(".well-known/security.txt", contact.security_txt),
    path("health/live", views.live),
    path("health/ready", views.ready),
    # Before Django's own: one is signed in after the second step only.
    path(settings.ADMIN_URL, include("users.admin_urls")),
    path(f"{settings.ADMIN_URL}mot-de-passe/", PasswordPage.as_view(), name="admin_password_reset"),
    # Django's own page would end no session and tell nobody.
    path(
        f"{settings.ADMIN_URL}password_change/",
        RedirectView.as_view(pattern_name="admin_password_reset"),
    ),
    path(
        f"{settings.ADMIN_URL}autocomplete/",
        admin.site.admin_view(RowsView.as_view(admin_site=admin.site)),
    ),
    path(f"{settings.ADMIN_URL}search/", admin.site.admin_view(search)),
    path(settings.ADMIN_URL, admin.site.urls),
]

# In production the proxy serves public files (docs/operations.md).
if settings.SERVE_MEDIA:
    urlpatterns += [re_path(r"^media/(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT})]
if "debug_toolbar" in settings.INSTALLED_APPS:
    urlpatterns += [path("__debug__/", include("debug_toolbar.urls"))]
