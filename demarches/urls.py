from django.urls import path, re_path
from rest_framework.renderers import JSONRenderer
from rest_framework.routers import SimpleRouter

from demarches.views import (
    demarches,
    formulaires,
    messages,
    photos,
    pieces,
    rendez_vous,
    signalements,
    suivi,
)
from ecms.api.exports import AnyAccept
from ecms.api.geojson import GeoJSONRenderer

exported = demarches.DemarcheViewSet.as_view(
    {"get": "exporter"}, content_negotiation_class=AnyAccept
)
exported_rendez_vous = rendez_vous.RendezVousViewSet.as_view(
    {"get": "exporter"}, content_negotiation_class=AnyAccept
)
free_slots = rendez_vous.CreneauViewSet.as_view({"get": "chercher"})
receipt = pieces.RecepisseViewSet.as_view(
    {"get": "telecharger"}, content_negotiation_class=AnyAccept
)
receipt_link = pieces.RecepisseViewSet.as_view({"post": "lien"})
exported_signalements = signalements.SignalementViewSet.as_view(
    {"get": "exporter"}, content_negotiation_class=AnyAccept
)
placed_signalements = signalements.SignalementViewSet.as_view(
    {"get": "carte"}, renderer_classes=[GeoJSONRenderer, JSONRenderer]
)

router = SimpleRouter(trailing_slash=False)
router.register("formulaires", formulaires.FormulaireViewSet)
router.register("demarches", demarches.DemarcheViewSet)
of_demarche = r"demarches/(?P<demarche_id>[0-9]{1,18})"
router.register(rf"{of_demarche}/pieces", pieces.PieceViewSet, "piece")
router.register(rf"{of_demarche}/messages", messages.MessageViewSet, "message")
router.register(rf"{of_demarche}/suivi", suivi.SuiviViewSet, "suivi")
router.register("rendez-vous", rendez_vous.RendezVousViewSet)
router.register("signalements", signalements.SignalementViewSet)
of_signalement = r"signalements/(?P<signalement_id>[0-9]{1,18})"
router.register(rf"{of_signalement}/photos", photos.PhotoSignalementViewSet, "photosignalement")

urlpatterns = [
    path("signalements.csv", exported_signalements),
    path("carte/signalements", placed_signalements),
    path("demarches.csv", exported),
    path("suivi", suivi.SuiviPublicView.as_view()),
    path("creneaux", free_slots),
    path("rendez-vous.csv", exported_rendez_vous),
    re_path(r"^demarches/(?P<pk>[0-9]{1,18})/recepisse$", receipt),
    re_path(r"^demarches/(?P<pk>[0-9]{1,18})/recepisse/lien$", receipt_link),
    *router.urls,
]
