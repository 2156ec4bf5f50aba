from rest_framework.routers import SimpleRouter

from documents.views import actualites, faqs, officiels, pages

router = SimpleRouter(trailing_slash=False)
router.register("actualites", actualites.ActualiteViewSet)
router.register("documents-officiels", officiels.DocumentOfficielViewSet)
router.register("faqs", faqs.FAQViewSet)
router.register("pages", pages.PageViewSet)

urlpatterns = router.urls
