"""The life of a dossier along its table, every pair of it, through the services alone."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from demarches.models import DemarcheAdministrative, Suivi
from demarches.services import demarches as services
from demarches.services.controles import (
    DemarcheClose,
    PieceAttendue,
    PropreDossier,
    ReserveAuDemandeur,
)
from demarches.tests.factories import (
    DemarcheAdministrativeFactory,
    FormulaireFactory,
    PieceJointeFactory,
)
from demarches.workflow import TRANSITIONS_DEMARCHE, StatutDemarche
from ecms.exceptions import DomainError, TransitionInterdite
from ecms.models import Courriel
from users.tests.factories import agent_of

pytestmark = pytest.mark.django_db
S = StatutDemarche
FINAUX = set(StatutDemarche.finaux())
DATE_OF = {
    S.DEPOSEE: "date_depot",
    S.PIECE_DEMANDEE: "date_piece_demandee",
    S.VALIDEE: "date_validation",
    S.REJETEE: "date_rejet",
    S.PRETE: "date_preparation",
    S.REMISE: "date_remise",
    S.ANNULEE: "date_annulation",
}
# Two acts lead to `en_cours`, each from its own state; every other state has its one act.
ACTS = {
    "deposer": (S.DEPOSEE, {}),
    "prendre_en_charge": (S.EN_COURS, {}),
    "completer": (S.EN_COURS, {"message": "La voici."}),
    "demander_piece": (S.PIECE_DEMANDEE, {"motif": "L'acte est illisible."}),
    "valider": (S.VALIDEE, {}),
    "rejeter": (S.REJETEE, {"motif": "Vous n'habitez pas la commune."}),
    "preparer": (S.PRETE, {}),
    "remettre": (S.REMISE, {}),
    "annuler": (S.ANNULEE, {}),
}
ONLY_FROM = {"prendre_en_charge": {S.DEPOSEE}, "completer": {S.PIECE_DEMANDEE}}
OF_THE_CITIZEN = {"deposer", "completer", "annuler"}
DOUALA = ZoneInfo("Africa/Douala")


def in_state(statut, mairie, **fields) -> DemarcheAdministrative:
    """A dossier in any state, with the dates that the database asks of it."""
    now = timezone.now()
    if statut in FINAUX:
        fields["date_cloture"] = now
    if statut == S.REJETEE:
        fields["motif_rejet"] = "Hors délai."
    if statut == S.PIECE_DEMANDEE:
        fields["date_piece_demandee"] = now
    if statut == S.BROUILLON:
        fields["date_depot"] = None
    return DemarcheAdministrativeFactory(mairie=mairie, statut=statut, **fields)


def act(name, demarche, agent):
    par = demarche.demandeur if name in OF_THE_CITIZEN else agent
    return getattr(services, name)(demarche, par=par, **ACTS[name][1])


def allowed(name: str, statut: S) -> bool:
    target = ACTS[name][0]
    return target in TRANSITIONS_DEMARCHE[statut] and statut in ONLY_FROM.get(name, {statut})


def at(*when) -> datetime:
    return datetime(*when, tzinfo=DOUALA)


def test_every_move_of_the_table_has_its_act():
    reached = {(s, ACTS[name][0]) for s in S for name in ACTS if allowed(name, s)}
    table = {(s, nouveau) for s, nouveaux in TRANSITIONS_DEMARCHE.items() for nouveau in nouveaux}
    assert reached == table


@pytest.mark.parametrize("statut", list(S))
@pytest.mark.parametrize("name", ACTS)
def test_every_pair(name, statut, yaounde, awa):
    demarche = in_state(statut, yaounde)
    if not allowed(name, statut):
        with pytest.raises(TransitionInterdite) as caught:
            act(name, demarche, awa)
        assert caught.value.extra == {"statut": statut.value}
        demarche.refresh_from_db()
        assert demarche.statut == statut
        assert not Suivi.objects.exists()
        assert not Courriel.objects.exists()
        return
    act(name, demarche, awa)
    demarche.refresh_from_db()
    target = ACTS[name][0]
    assert demarche.statut == target
    (line,) = demarche.suivis.all()
    assert (line.nature, line.ancien_statut, line.nouveau_statut) == ("statut", statut, target)
    assert line.origine == ("demandeur" if name in OF_THE_CITIZEN else "agent")
    assert line.est_visible
    assert (demarche.date_cloture is not None) == (target in FINAUX)
    if date := DATE_OF.get(target):
        assert getattr(demarche, date) is not None


@pytest.mark.parametrize("name", sorted(set(ACTS) - OF_THE_CITIZEN))
def test_an_agent_never_decides_on_their_own_dossier(name, yaounde, awa):
    statut = next(s for s in S if allowed(name, s))
    demarche = in_state(statut, yaounde, demandeur=awa)
    with pytest.raises(PropreDossier):
        act(name, demarche, awa)
    assert not Suivi.objects.exists()


@pytest.mark.parametrize("name", ["demander_piece", "rejeter"])
@pytest.mark.parametrize("motif", ["", "   "])
def test_a_reason_is_required(name, motif, yaounde, awa):
    demarche = in_state(S.EN_COURS, yaounde)
    with pytest.raises(ValidationError) as caught:
        getattr(services, name)(demarche, motif=motif, par=awa)
    assert "motif" in caught.value.detail


def test_whoever_takes_a_dossier_is_its_agent(yaounde, awa):
    demarche = services.prendre_en_charge(in_state(S.DEPOSEE, yaounde), par=awa)
    assert demarche.agent_traitant == awa
    assert demarche.date_prise_en_charge


@pytest.mark.parametrize("statut", list(S))
def test_open_dossiers_alone_are_assigned_and_ranked(statut, yaounde, awa):
    demarche, colleague = in_state(statut, yaounde), agent_of(yaounde)
    if statut in FINAUX or statut == S.BROUILLON:
        with pytest.raises(DomainError):
            services.affecter(demarche, agent=colleague, par=awa)
        with pytest.raises(DomainError):
            services.changer_priorite(demarche, priorite="urgente", par=awa)
        return
    assert services.affecter(demarche, agent=colleague, par=awa).agent_traitant == colleague
    assert services.changer_priorite(demarche, priorite="urgente", par=awa).priorite == "urgente"
    # Told to colleagues, not to the citizen; and once.
    services.affecter(demarche, agent=colleague, par=awa)
    services.changer_priorite(demarche, priorite="urgente", par=awa)
    assert list(demarche.suivis.values_list("nature", "est_visible")) == [
        ("affectation", False),
        ("modification", False),
    ]


def test_an_agent_of_another_mairie_is_no_agent_here(yaounde, awa, brice, chantal):
    demarche = in_state(S.DEPOSEE, yaounde)
    for account in (brice, chantal):
        with pytest.raises(ValidationError):
            services.affecter(demarche, agent=account, par=awa)


def test_nobody_is_given_their_own_dossier(yaounde, awa):
    colleague = agent_of(yaounde)
    with pytest.raises(PropreDossier):
        services.affecter(
            in_state(S.DEPOSEE, yaounde, demandeur=colleague), agent=colleague, par=awa
        )


@pytest.mark.parametrize("name", ["deposer", "annuler"])
def test_an_agent_acts_for_the_citizen_at_the_desk_only(name, yaounde, awa):
    with pytest.raises(ReserveAuDemandeur):
        getattr(services, name)(in_state(S.BROUILLON, yaounde), par=awa)
    desk = in_state(
        S.BROUILLON, yaounde, canal="guichet", demandeur=None, email_demandeur="a@exemple.cm"
    )
    assert getattr(services, name)(desk, par=awa).statut == ACTS[name][0]
    assert desk.suivis.get().origine == "agent"


def test_an_agent_elsewhere_is_a_citizen_here(yaounde, brice):
    draft = in_state(S.BROUILLON, yaounde, demandeur=brice)
    services.deposer(draft, par=brice)
    assert draft.suivis.get().origine == "demandeur"


def test_the_asked_paper_or_a_word_is_there(yaounde, awa):
    demarche = in_state(S.PIECE_DEMANDEE, yaounde)
    with pytest.raises(PieceAttendue):
        services.completer(demarche, par=demarche.demandeur)
    PieceJointeFactory(mairie=yaounde, demarche=demarche)
    assert services.completer(demarche, par=demarche.demandeur).statut == S.EN_COURS


def test_an_agent_takes_the_paper_at_the_desk(yaounde, awa):
    demarche = services.completer(in_state(S.PIECE_DEMANDEE, yaounde), par=awa)
    assert demarche.statut == S.EN_COURS


@pytest.mark.parametrize("statut", sorted(FINAUX))
def test_a_closed_dossier_takes_no_message_of_the_citizen(statut, yaounde, awa):
    demarche = in_state(statut, yaounde)
    with pytest.raises(DemarcheClose):
        services.ecrire(demarche, message="Et alors ?", interne=False, par=demarche.demandeur)
    assert services.ecrire(demarche, message="Fini.", interne=False, par=awa)


# The delay ----------------------------------------------------------------------------------------


def filed_at(moment, mairie, monkeypatch, *, delai=3) -> DemarcheAdministrative:
    formulaire = FormulaireFactory(mairie=mairie, delai_jours=delai)
    draft = in_state(S.BROUILLON, mairie, formulaire=formulaire)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return services.deposer(draft, par=draft.demandeur)


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        # Monday morning, three working days: Thursday.
        (at(2026, 6, 1, 9), "2026-06-04"),
        # After it closes, the next day counts as the day of filing.
        (at(2026, 6, 1, 17), "2026-06-05"),
        # Friday noon: the weekend does not count.
        (at(2026, 6, 5, 12), "2026-06-10"),
        # One minute before and after midnight in Douala, when it is the same day in UTC.
        (at(2026, 6, 3, 23, 59), "2026-06-09"),
        (at(2026, 6, 4, 0, 1), "2026-06-09"),
        (at(2026, 6, 5, 0, 1), "2026-06-10"),
    ],
)
def test_the_delay_counts_working_days_in_douala(moment, due, yaounde, monkeypatch):
    demarche = filed_at(moment, yaounde, monkeypatch)
    assert demarche.echeance.isoformat() == due


def test_closed_days_do_not_count(yaounde, monkeypatch):
    yaounde.jours_fermes = ["2026-06-02", "2026-06-03"]
    yaounde.save()
    demarche = filed_at(at(2026, 6, 1, 9), yaounde, monkeypatch)
    assert demarche.echeance.isoformat() == "2026-06-08"


def test_without_a_delay_nothing_is_due(yaounde, monkeypatch):
    assert filed_at(at(2026, 6, 1, 9), yaounde, monkeypatch, delai=None).echeance is None


def test_the_clock_stands_still_while_a_paper_is_owed(yaounde, awa, monkeypatch):
    demarche = filed_at(at(2026, 6, 1, 9), yaounde, monkeypatch)
    services.prendre_en_charge(demarche, par=awa)
    monkeypatch.setattr(timezone, "now", lambda: at(2026, 6, 2, 10))
    services.demander_piece(demarche, motif="L'acte.", par=awa)
    # Late on Friday: Monday is the fourth working day on which it was owed.
    monkeypatch.setattr(timezone, "now", lambda: at(2026, 6, 5, 22))
    demarche = services.completer(demarche, par=demarche.demandeur, message="La voici.")
    assert demarche.echeance.isoformat() == "2026-06-10"


def test_it_is_not_late_while_a_paper_is_owed(yaounde):
    past = timezone.localdate().replace(year=2020)
    assert in_state(S.EN_COURS, yaounde, echeance=past).est_en_retard
    assert not in_state(S.PIECE_DEMANDEE, yaounde, echeance=past).est_en_retard


def test_what_was_asked_is_frozen_at_filing(yaounde):
    champs = [{"cle": "motif", "type": "texte", "libelle": {"fr": "Motif", "en": "Reason"}}]
    formulaire = FormulaireFactory(mairie=yaounde, champs=champs, cout_xaf=1500, version=4)
    draft = in_state(S.BROUILLON, yaounde, formulaire=formulaire, donnees={"motif": "Été"})
    demarche = services.deposer(draft, par=draft.demandeur)
    formulaire.champs, formulaire.cout_xaf = [], 9000
    formulaire.save()
    demarche.refresh_from_db()
    assert (demarche.definition, demarche.version_formulaire) == (champs, 4)
    assert (demarche.cout_xaf, demarche.donnees) == (1500, {"motif": "Été"})
