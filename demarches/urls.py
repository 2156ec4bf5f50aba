from django.urls import path, re_path
from rest_framework.renderers import JSONRenderer

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
from ecms.api.exports import AnyAccept, ExportRouter
from ecms.api.geojson import GeoJSONRenderer

free_slots = rendez_vous.CreneauViewSet.as_view({"get": "chercher"})
receipt = pieces.RecepisseViewSet.as_view(
    {"get": "telecharger"}, content_negotiation_class=AnyAccept
)
receipt_link = pieces.RecepisseViewSet.as_view({"post": "lien"})
placed_signalements = signalements.SignalementViewSet.as_view(
    {"get": "carte"}, renderer_classes=[GeoJSONRenderer, JSONRenderer]
)

router = ExportRouter()
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
    path("carte/signalements", placed_signalements),
    path("suivi", suivi.SuiviPublicView.as_view()),
    path("creneaux", free_slots),
    re_path(r"^demarches/(?P<pk>[0-9]{1,18})/recepisse$", receipt),
    re_path(r"^demarches/(?P<pk>[0-9]{1,18})/recepisse/lien$", receipt_link),
    *router.urls,
]
