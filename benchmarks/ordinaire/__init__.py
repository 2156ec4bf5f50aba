"""The ordinary way: a `ModelViewSet`, a `ModelSerializer`, Django's own middleware."""
