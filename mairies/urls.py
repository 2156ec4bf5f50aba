from ecms.api.exports import ExportRouter
from mairies import views

router = ExportRouter()
router.register("mairies", views.MairieViewSet)
router.register("carte", views.CarteViewSet, basename="carte")
router.register("regions", views.RegionViewSet, basename="region")
router.register("services", views.ServiceMunicipalViewSet)
router.register("demandes-creation-site", views.DemandeCreationSiteViewSet)

urlpatterns = router.urls
