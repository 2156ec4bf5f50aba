"""The history of dossiers, problem reports and appointments: appended in the transaction of what
it tells."""

from contextlib import contextmanager

from django.db import connection, transaction

from demarches.models import DemarcheAdministrative, RendezVous, Signalement, Suivi
from ecms.scoping import manages

Nature, Origine = Suivi.Nature, Suivi.Origine

OBJETS = {
    DemarcheAdministrative: "demarche",
    Signalement: "signalement",
    RendezVous: "rendez_vous",
}


def origine_de(objet, par) -> Origine:
    """On which side `par` (None for whoever came with the secret) acts. An agent of another mairie
    is a citizen here."""
    owner_id = getattr(objet, f"{type(objet).objects.all().owner_lookup}_id")
    if par is None or par.pk == owner_id or not manages(par, objet.mairie_id):
        return Origine.DEMANDEUR
    return Origine.AGENT


def noter(
    objet,
    *,
    nature: Nature,
    origine: Origine,
    auteur=None,
    ancien: str = "",
    nouveau: str = "",
    message: str = "",
    est_visible: bool = True,
) -> Suivi:
    """Append one line to the history of `objet`, a dossier, a report or an appointment."""
    return Suivi.objects.create(
        **{OBJETS[type(objet)]: objet},
        mairie_id=objet.mairie_id,
        nature=nature,
        origine=origine,
        auteur=auteur,
        ancien_statut=ancien,
        nouveau_statut=nouveau,
        message=message,
        est_visible=est_visible,
    )


@contextmanager
def effacement():
    """A transaction in which history may be changed: only what the law says must be forgotten."""
    with transaction.atomic():
        before = _permettre("on")
        yield
        _permettre(before)


def _permettre(value: str) -> str:
    """Allow it ("on") or not until the end of the transaction; what held before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('ecms.effacement', true), '')")
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config('ecms.effacement', %s, true)", [value])
    return before
