"""Whatever is sent to the mairies, their services and their news is data or a 4xx."""

import pytest

from documents.tests.factories import ActualiteFactory
from mairies.tests.factories import DemandeCreationSiteFactory, ServiceMunicipalFactory

pytestmark = pytest.mark.django_db

BODIES = [
    b"[]",
    b"null",
    b'"x"',
    b"3",
    b"{",
    b"\xff\xfe",
    b'{"nom": "\\u0000", "titre": "\\u0000", "slogan": "\\u0000", "motif_rejet": "\\u0000"}',
    b'{"nom": "\\ud800", "titre": "\\ud800", "slogan": "\\ud800", "motif_rejet": "\\ud800"}',
    b'{"horaires": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"latitude": 1e400}',
    b'{"latitude": NaN}',
    b'{"population": ' + b"9" * 5000 + b"}",
]


def routes(yaounde):
    service = ServiceMunicipalFactory(mairie=yaounde)
    news = ActualiteFactory(mairie=yaounde)
    demande = DemandeCreationSiteFactory()
    return [
        ("patch", "mairies/yaounde"),
        ("put", "mairies/yaounde"),
        ("post", "services"),
        ("patch", f"services/{service.pk}"),
        ("post", "actualites"),
        ("patch", f"actualites/{news.pk}"),
        ("post", f"demandes-creation-site/{demande.pk}/rejeter"),
        ("post", "demandes-creation-site"),
    ]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:20]))
def test_hostile_bodies(api, nadege, yaounde, body):
    client = api(nadege)
    for method, path in routes(yaounde):
        send = getattr(client, method)
        response = send(f"/api/v1/{path}", data=body, content_type="application/json")
        assert 400 <= response.status_code < 500, (method, path, response.content)
        assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("search=%00", 400),
        ("mairie=%00", 400),
        ("page=99999999999999999999", 400),
        ("page=1000001", 404),
        ("page=2", 404),
        ("page_size=1e9", 400),
        ("page_size=999999999", 200),
        ("ordering=mairie__agents__utilisateur__password", 400),
        ("mairie__email__startswith=a", 200),
    ],
)
def test_hostile_queries(api, nadege, yaounde, query, status):
    ServiceMunicipalFactory(mairie=yaounde)
    ActualiteFactory(mairie=yaounde, publiee=True)
    DemandeCreationSiteFactory(mairie=yaounde)
    for path in ("services", "actualites", "demandes-creation-site"):
        response = api(nadege).get(f"/api/v1/{path}?{query}")
        unordered = path != "actualites" and query.startswith("ordering")
        assert response.status_code == (200 if unordered else status), (path, response.content)
