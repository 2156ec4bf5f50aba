"""Begins and moves dossiers over HTTP, for the tests."""

from demarches.models import DemarcheAdministrative

URL = "/api/v1/demarches"
CHAMPS = [
    {
        "cle": "quartier",
        "type": "texte",
        "libelle": {"fr": "Quartier", "en": "District"},
        "obligatoire": True,
    },
    {"cle": "enfants", "type": "entier", "libelle": {"fr": "Enfants", "en": "Children"}},
]
PIECES = [
    {
        "cle": "identite",
        "libelle": {"fr": "Pièce d'identité", "en": "Identity card"},
        "obligatoire": True,
        "en_ligne": True,
    }
]
CONTACT = {"nom_demandeur": "Éloïse Ñkolo", "email_demandeur": "eloise@exemple.cm"}


def begin(client, formulaire, **body):
    return client.post(URL, {"formulaire": formulaire.pk, **body}, format="json")


def begun(client, formulaire, **body) -> dict:
    answer = begin(client, formulaire, **body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def act(client, pk, name, **body):
    return client.post(f"{URL}/{pk}/{name}", body, format="json")


def stored(pk) -> DemarcheAdministrative:
    return DemarcheAdministrative.objects.get(pk=pk)
