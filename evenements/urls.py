from django.urls import path

from ecms.api.exports import AnyAccept, ExportRouter
from evenements.views import abonnes, evenements, inscriptions, newsletters, pages

calendar_file = evenements.EvenementViewSet.as_view(
    {"get": "agenda"}, content_negotiation_class=AnyAccept
)

router = ExportRouter()
router.register("newsletters", newsletters.NewsletterViewSet, "newsletter")
router.register("abonnes", abonnes.AbonneViewSet, "abonne")
router.register("evenements", evenements.EvenementViewSet)
of_evenement = r"evenements/(?P<evenement_id>[0-9]{1,18})"
router.register(rf"{of_evenement}/inscriptions", inscriptions.OfEvenement, "inscrit")
router.register("inscriptions", inscriptions.InscriptionViewSet, "inscription")

urlpatterns = [
    path("evenements/<int:pk>.ics", calendar_file),
    path("abonnes/desinscrire/<str:jeton>", pages.DesinscriptionPage.as_view()),
    *router.urls,
]
