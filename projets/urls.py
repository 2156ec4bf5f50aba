from django.urls import path
from rest_framework.renderers import JSONRenderer

from ecms.api.exports import ExportRouter
from ecms.api.geojson import GeoJSONRenderer
from projets import views

placed = views.ProjetViewSet.as_view(
    {"get": "carte"}, renderer_classes=[GeoJSONRenderer, JSONRenderer]
)

router = ExportRouter()
router.register("projets", views.ProjetViewSet)
of_projet = r"projets/(?P<projet_id>[0-9]{1,18})"
router.register(rf"{of_projet}/mises-a-jour", views.MiseAJourProjetViewSet, "miseajourprojet")
router.register(rf"{of_projet}/documents", views.DocumentProjetViewSet, "documentprojet")

urlpatterns = [
    path("carte/projets", placed),
    *router.urls,
]
