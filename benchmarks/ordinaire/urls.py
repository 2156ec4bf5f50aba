from django.urls import include, path
from django.utils import timezone
from rest_framework import routers, serializers, viewsets

from documents.models import Actualite


class ActualiteSerializer(serializers.ModelSerializer):
    mairie = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    mairie_nom = serializers.CharField(source="mairie.nom", read_only=True)
    categorie_display = serializers.CharField(source="get_categorie_display", read_only=True)

    class Meta:
        model = Actualite
        fields = [
            *("id", "mairie", "mairie_nom", "titre", "slug", "resume", "image", "categorie"),
            *("categorie_display", "date_publication", "date_expiration", "epinglee"),
            "date_modification",
        ]


class ActualiteViewSet(viewsets.ModelViewSet):
    serializer_class = ActualiteSerializer

    def get_queryset(self):
        published = Actualite._base_manager.filter(
            statut="publiee", mairie__statut="active", date_publication__lte=timezone.now()
        ).exclude(date_expiration__lte=timezone.now())
        return published.select_related("mairie").order_by("-epinglee", "-date_publication", "-id")


router = routers.SimpleRouter()
router.register("actualites", ActualiteViewSet, "actualite")
urlpatterns = [path("", include(router.urls))]
