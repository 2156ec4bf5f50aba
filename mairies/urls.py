from rest_framework.routers import SimpleRouter

from mairies import views

router = SimpleRouter(trailing_slash=False)
router.register("mairies", views.MairieViewSet)
router.register("carte", views.CarteViewSet, basename="carte")
router.register("regions", views.RegionViewSet, basename="region")
router.register("services", views.ServiceMunicipalViewSet)
router.register("demandes-creation-site", views.DemandeCreationSiteViewSet)

urlpatterns = router.urls
