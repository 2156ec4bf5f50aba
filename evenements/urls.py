from django.urls import path
from rest_framework.routers import SimpleRouter

from ecms.api.exports import AnyAccept
from evenements.views import abonnes, evenements, inscriptions, newsletters, pages

exported = abonnes.AbonneViewSet.as_view({"get": "exporter"}, content_negotiation_class=AnyAccept)
registered = inscriptions.OfEvenement.as_view(
    {"get": "exporter"}, content_negotiation_class=AnyAccept
)
calendar_file = evenements.EvenementViewSet.as_view(
    {"get": "agenda"}, content_negotiation_class=AnyAccept
)

router = SimpleRouter(trailing_slash=False)
router.register("newsletters", newsletters.NewsletterViewSet, "newsletter")
router.register("abonnes", abonnes.AbonneViewSet, "abonne")
router.register("evenements", evenements.EvenementViewSet)
of_evenement = r"evenements/(?P<evenement_id>[0-9]{1,18})"
router.register(rf"{of_evenement}/inscriptions", inscriptions.OfEvenement, "inscrit")
router.register("inscriptions", inscriptions.InscriptionViewSet, "inscription")

urlpatterns = [
    path("evenements/<int:pk>.ics", calendar_file),
    path("evenements/<int:evenement_id>/inscriptions.csv", registered),
    path("abonnes.csv", exported),
    path("abonnes/desinscrire/<str:jeton>", pages.DesinscriptionPage.as_view()),
    *router.urls,
]
