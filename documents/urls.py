from rest_framework.routers import SimpleRouter

from documents import views

router = SimpleRouter(trailing_slash=False)
router.register("actualites", views.ActualiteViewSet)

urlpatterns = router.urls
