"""Events and registrations as the tests ask for them."""

from datetime import date, datetime, time, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evenements.tests.factories import EvenementFactory

URL = "/api/v1/evenements"
MIENNES = "/api/v1/inscriptions"


def a(jour: date, heure: str = "18:00") -> datetime:
    """That time in Douala."""
    return timezone.make_aware(datetime.combine(jour, time.fromisoformat(heure)))


def dans(jours: int) -> date:
    return timezone.localdate() + timedelta(days=jours)


def ecrit(**champs) -> dict:
    """What an agent writes: two hours, in a month."""
    return {
        "titre": "Marché de Noël",
        "debut": a(dans(30)).isoformat(),
        "fin": a(dans(30), "20:00").isoformat(),
        "lieu": "Place de l'Indépendance",
        **champs,
    }


def ouvert(mairie, **champs):
    """A published event for which one registers: ten places unless told."""
    defaut = {"publie": True, "inscription_requise": True, "capacite": 10, "liste_attente": True}
    return EvenementFactory(mairie=mairie, **{**defaut, **champs})


def demande(n: int = 0, **champs) -> dict:
    return {"nom": f"Personne {n}", "email": f"personne{n}@exemple.cm", **champs}


def inscrire(client, evenement, n: int = 0, *, attendu: int = 201, **champs) -> dict:
    answer = client.post(f"{URL}/{evenement.pk}/inscriptions", demande(n, **champs), format="json")
    assert answer.status_code == attendu, answer.content
    return answer.json()


def annuler(client, inscription: dict):
    return client.post(
        f"{MIENNES}/{inscription['id']}/annuler", {"code": inscription["code"]}, format="json"
    )


def compter(client, address: str) -> int:
    """How many queries a page makes, once what a process keeps is read."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)
