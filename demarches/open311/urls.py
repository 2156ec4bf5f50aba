from django.urls import re_path

from demarches.open311 import views

SUFFIX = r"(?:\.(?P<suffix>[A-Za-z0-9]{1,10}))?$"
NAME = r"[^/.]{1,50}"

urlpatterns = [
    re_path(rf"^discovery{SUFFIX}", views.DiscoveryView.as_view()),
    re_path(rf"^services{SUFFIX}", views.ServicesView.as_view()),
    re_path(rf"^services/(?P<code>{NAME}){SUFFIX}", views.ServiceView.as_view()),
    re_path(rf"^requests{SUFFIX}", views.RequestsView.as_view()),
    re_path(rf"^requests/(?P<numero>{NAME}){SUFFIX}", views.RequestView.as_view()),
    re_path(rf"^[^.]*{SUFFIX}", views.NowhereView.as_view()),
    re_path(r"^.*$", views.NowhereView.as_view()),
]
