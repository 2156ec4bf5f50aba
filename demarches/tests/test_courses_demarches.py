"""Several people act on dossiers at the same moment: real connections."""

import threading
import uuid
from collections import Counter

import pytest

from demarches.models import DemarcheAdministrative, Suivi
from demarches.services import demarches as services
from demarches.tests.factories import DemarcheAdministrativeFactory, FormulaireFactory
from ecms.exceptions import TransitionInterdite
from ecms.models import Courriel
from ecms.tests.together import together
from users.tests.factories import agent_of

URL = "/api/v1/demarches"
THREADS = 20

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def fast(settings):
    settings.RATES = {name: (10**6, 60) for name in settings.RATES}


def test_forty_agents_decide_ten_dossiers(yaounde):
    dossiers = [DemarcheAdministrativeFactory(mairie=yaounde, statut="en_cours") for _ in range(10)]
    agents = [agent_of(yaounde) for _ in range(4)]

    def decide(dossier, agent, rank):
        def act():
            try:
                if rank % 2:
                    return services.rejeter(dossier, motif="Non", par=agent).statut
                return services.valider(dossier, par=agent).statut
            except TransitionInterdite as error:
                return error.code

        return act

    acts = [decide(d, agent, i) for d in dossiers for i, agent in enumerate(agents)]
    outcomes = Counter(together(*acts))
    assert outcomes["transition_interdite"] == 30
    assert outcomes["validee"] + outcomes["rejetee"] == 10
    for dossier in dossiers:
        dossier.refresh_from_db()
        (line,) = dossier.suivis.all()
        assert line.nouveau_statut == dossier.statut
        (mail,) = Courriel.objects.filter(contexte__demarche=dossier.pk)
        assert mail.gabarit == f"demarches/demarche_{dossier.statut}"


def test_two_agents_over_http_one_is_told_where_it_stands(api, yaounde, fast):
    dossier = DemarcheAdministrativeFactory(mairie=yaounde, statut="en_cours")
    first, second = (api(agent_of(yaounde)) for _ in range(2))
    url = f"{URL}/{dossier.pk}"
    answers = together(
        lambda: first.post(f"{url}/valider"),
        lambda: second.post(f"{url}/rejeter", {"motif": "Non"}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (loser,) = [answer for answer in answers if answer.status_code == 409]
    dossier.refresh_from_db()
    assert loser.json()["statut"] == dossier.statut


def test_two_hundred_filings_have_numbers_of_their_own(api, yaounde, douala, fast):
    formulaires = [FormulaireFactory(mairie=m, delai_jours=3) for m in (yaounde, douala)]
    failures, lock = [], threading.Lock()

    def file(rank):
        def act():
            body = {
                "formulaire": formulaires[rank % 2].pk,
                "nom_demandeur": f"Élève {rank}",
                "email_demandeur": f"e{rank}@exemple.cm",
            }
            client = api()
            begun = client.post(URL, body, format="json")
            pk, code = begun.json()["id"], begun.json()["code_suivi"]
            filed = client.post(f"{URL}/{pk}/deposer", {"code_suivi": code}, format="json")
            if filed.status_code != 200:
                with lock:
                    failures.append(filed.content)
            return begun.json()["numero_suivi"], code

        return act

    told = []
    for batch in range(0, 200, THREADS):
        told += together(*[file(rank) for rank in range(batch, batch + THREADS)])
    assert failures == []
    assert len({numero for numero, _code in told}) == 200
    assert len({code for _numero, code in told}) == 200
    assert DemarcheAdministrative.objects.filter(statut="deposee").count() == 200
    assert Suivi.objects.count() == 200
    assert Courriel.objects.count() == 200


def test_ten_times_the_same_key_is_one_dossier_and_one_answer(api, yaounde, fast):
    body = {"formulaire": FormulaireFactory(mairie=yaounde).pk, "nom_demandeur": "Éloïse"}
    headers = {"Idempotency-Key": str(uuid.uuid4())}

    def send():
        return api().post(URL, body, format="json", headers=headers)

    answers = together(*[send] * 10)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    replayed = Counter(answer.headers.get("Idempotent-Replayed") for answer in answers)
    assert replayed == {None: 1, "true": 9}
    assert DemarcheAdministrative.objects.count() == 1


def test_filed_twice_at_once_is_filed_once(api, yaounde, chantal, fast):
    draft = DemarcheAdministrativeFactory(mairie=yaounde, demandeur=chantal, brouillon=True)
    clients = [api(chantal) for _ in range(8)]
    answers = together(*[lambda c=c: c.post(f"{URL}/{draft.pk}/deposer") for c in clients])
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 7}
    assert draft.suivis.count() == 1
    assert Courriel.objects.count() == 1


def test_a_message_and_the_closing_do_not_cross(yaounde, chantal):
    agent = agent_of(yaounde)
    for _time in range(5):
        dossier = DemarcheAdministrativeFactory(mairie=yaounde, demandeur=chantal, statut="validee")

        def write(dossier=dossier):
            try:
                return services.ecrire(dossier, message="Merci", interne=False, par=chantal).pk
            except services.controles.DemarcheClose:
                return None

        written, _closed = together(write, lambda d=dossier: services.remettre(d, par=agent))
        lines = list(dossier.suivis.values_list("nature", flat=True))
        assert lines == (["message", "statut"] if written else ["statut"])
