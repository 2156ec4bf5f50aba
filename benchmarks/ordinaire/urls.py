from django.urls import include, path
from rest_framework import routers, serializers, viewsets

from benchmarks.references import PUBLIC, Reference


def viewset_of(reference: Reference) -> type[viewsets.ModelViewSet]:
    """As anybody writes one: a `ModelSerializer` of the same fields, `select_related`, a filter."""

    def get_queryset(self):
        rows = reference.model._base_manager.filter(reference.visible())
        return rows.select_related(*reference.joined).order_by(*reference.ordering)

    attributes = {"serializer_class": serializer_of(reference), "get_queryset": get_queryset}
    return type("OrdinaryViewSet", (viewsets.ModelViewSet,), attributes)


def serializer_of(reference: Reference) -> type[serializers.ModelSerializer]:
    fields = ["id", *reference.columns.split(), *reference.computed.split(), *reference.related]
    meta = type("Meta", (), {"model": reference.model, "fields": fields})
    declared = {
        name: serializers.CharField(source=source, read_only=True)
        for name, source in reference.related.items()
    }
    worded = {
        name: serializers.CharField(source=f"get_{name}", read_only=True)
        for name in reference.computed.split()
        if name.endswith("_display")
    }
    bases = (serializers.ModelSerializer,)
    return type("OrdinarySerializer", bases, {"Meta": meta, **declared, **worded})


router = routers.SimpleRouter()
for each in PUBLIC:
    router.register(each.name, viewset_of(each), each.name)
urlpatterns = [path("", include(router.urls))]
