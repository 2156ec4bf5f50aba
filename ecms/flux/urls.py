from django.urls import path

from ecms.flux import atom, sitemap

urlpatterns = [
    path("sitemap.xml", sitemap.index),
    path("<slug:mairie>/sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("<slug:mairie>/<slug:nom>.atom", atom.atom, name="atom"),
]
