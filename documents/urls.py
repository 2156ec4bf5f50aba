from documents.views import actualites, faqs, officiels, pages
from ecms.api.exports import ExportRouter

router = ExportRouter()
router.register("actualites", actualites.ActualiteViewSet)
router.register("documents-officiels", officiels.DocumentOfficielViewSet)
router.register("faqs", faqs.FAQViewSet)
router.register("pages", pages.PageViewSet)

urlpatterns = router.urls
