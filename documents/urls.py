from rest_framework.routers import SimpleRouter

from documents.views import actualites

router = SimpleRouter(trailing_slash=False)
router.register("actualites", actualites.ActualiteViewSet)

urlpatterns = router.urls
