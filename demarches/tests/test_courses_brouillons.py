"""A draft is filed, changed, given papers, given up and purged at the same moment: whatever comes
first, what is filed is whole, and nothing changes behind it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from demarches.models import DemarcheAdministrative, PieceJointe, RendezVous
from demarches.services import demarches as services
from demarches.services.conservation import brouillons_abandonnes, par_lots, supprimer_brouillons
from demarches.tests.dossiers import CHAMPS, PIECES, URL
from demarches.tests.factories import (
    DemarcheAdministrativeFactory,
    FormulaireFactory,
    PieceJointeFactory,
)
from demarches.tests.rendez_vous import a, booked, service_ouvert
from ecms.exceptions import TransitionInterdite
from ecms.tests.files import small_pdf, upload
from ecms.tests.together import together
from users.tests.factories import agent_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def fast(settings):
    settings.RATES = {name: (10**6, 60) for name in settings.RATES}


@pytest.fixture
def draft(yaounde, chantal):
    formulaire = FormulaireFactory(mairie=yaounde, champs=CHAMPS, pieces_requises=PIECES)
    return DemarcheAdministrativeFactory(
        mairie=yaounde,
        formulaire=formulaire,
        demandeur=chantal,
        donnees={"quartier": "Essos"},
        brouillon=True,
    )


@pytest.mark.parametrize("_round", range(5))
def test_filing_changing_adding_and_taking_back(api, chantal, draft, fast, _round):
    paper = PieceJointeFactory(demarche=draft, mairie=draft.mairie, champ="identite")
    address = f"{URL}/{draft.pk}"
    one, two, three, four, five = (api(chantal) for _ in range(5))
    sent = {"fichier": upload(small_pdf(), "a.pdf"), "champ": ""}
    emptied = {"donnees": {}}
    answers = together(
        lambda: one.post(f"{address}/deposer"),
        lambda: two.patch(address, emptied, format="json"),
        lambda: three.post(f"{address}/pieces", sent, format="multipart"),
        lambda: four.delete(f"{address}/pieces/{paper.pk}"),
        lambda: five.post(f"{address}/annuler"),
    )
    assert {answer.status_code for answer in answers} <= {200, 201, 204, 400, 409}
    draft.refresh_from_db()
    if draft.date_depot is not None:
        assert draft.donnees == {"quartier": "Essos"}
        assert draft.pieces.filter(champ="identite").exists()
        assert not draft.pieces.filter(date_creation__gt=draft.date_depot).exists()
    assert draft.statut == "annulee"


@pytest.mark.parametrize("_round", range(5))
def test_purging_and_filing(api, chantal, draft, fast, _round):
    PieceJointeFactory(demarche=draft, mairie=draft.mairie, champ="identite")
    old = timezone.now() - timedelta(days=31)
    DemarcheAdministrative.objects.update(date_modification=old)
    PieceJointe.objects.update(date_creation=old)
    client = api(chantal)
    purge = par_lots(brouillons_abandonnes, supprimer_brouillons)
    answer, purged = together(
        lambda: client.post(f"{URL}/{draft.pk}/deposer"), lambda: purge(apply=True)
    )
    assert (answer.status_code, purged) in {(200, 0), (404, 1)}
    assert DemarcheAdministrative.objects.count() == PieceJointe.objects.count() == 1 - purged


@pytest.mark.parametrize("_round", range(5))
def test_completing_and_rejecting(yaounde, chantal, _round):
    agent = agent_of(yaounde)
    dossier = DemarcheAdministrativeFactory(
        mairie=yaounde,
        demandeur=chantal,
        statut="piece_demandee",
        date_piece_demandee=timezone.now(),
    )

    def complete():
        try:
            return services.completer(dossier, par=chantal, message="Voici").statut
        except TransitionInterdite as error:
            return error.code

    completed, rejected = together(
        complete, lambda: services.rejeter(dossier, motif="Non", par=agent).statut
    )
    dossier.refresh_from_db()
    assert rejected == dossier.statut == "rejetee"
    assert dossier.suivis.count() == (2 if completed == "en_cours" else 1)


@pytest.mark.parametrize("_round", range(5))
def test_moving_and_cancelling_one_appointment(api, yaounde, fast, _round):
    row = booked(service_ouvert(yaounde))
    address = f"/api/v1/rendez-vous/{row.pk}"
    moved = {"debut": a("09:00").isoformat(), "code": row.code}
    one, two = api(), api()
    answers = together(
        lambda: one.post(f"{address}/deplacer", moved),
        lambda: two.post(f"{address}/annuler", {"code": row.code}),
    )
    assert [answer.status_code for answer in answers] in ([200, 200], [409, 200])
    assert RendezVous.objects.get().statut == "annule"
