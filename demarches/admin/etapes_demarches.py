"""What an agent does to a dossier: the acts of `demarches.services`, when they are possible."""

from functools import partial

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy, ngettext_lazy
from rest_framework import exceptions as api

from demarches.admin import gestes_demarches as gestes
from demarches.models import DemarcheAdministrative
from demarches.services import demarches as services
from demarches.services import pieces
from demarches.workflow import TRANSITIONS_DEMARCHE, StatutDemarche
from ecms.admin import Step, StepForm, refusal

S = StatutDemarche


def mene_a(statut: S):
    """Whether the table leads from a dossier's state to `statut`."""
    return lambda demarche: statut in TRANSITIONS_DEMARCHE[S(demarche.statut)]


def est_en(*statuts: S):
    return lambda demarche: demarche.statut in statuts


def est_deposee(demarche) -> bool:
    return demarche.statut != S.BROUILLON


def est_ouverte(demarche) -> bool:
    return est_deposee(demarche) and demarche.statut not in S.finaux()


def est_du_guichet(demarche) -> bool:
    return demarche.canal == DemarcheAdministrative.Canal.GUICHET


def est_brouillon_du_guichet(demarche) -> bool:
    return demarche.statut == S.BROUILLON and est_du_guichet(demarche)


def deposer(demarche, *, par) -> None:
    """File a draft. Raises `ValidationError` that names each question or paper that is missing."""
    try:
        services.deposer(demarche, par=par)
    except api.ValidationError as error:
        mots = [mot for _cle, mot in manques(demarche, error)]
        raise ValidationError(mots) from error


def manques(demarche, error: api.ValidationError) -> list[tuple[str, str]]:
    """What `error` says is missing of a draft: (key of the question or paper, or of the column of
    the contact, in words)."""
    noms, found = gestes.libelles(demarche), []
    for name, said in error.detail.items():
        by_key = said if isinstance(said, dict) else {name: said}
        for cle, inner in by_key.items():
            mots = " ".join(refusal(api.ValidationError(inner)).messages)
            found.append((cle, f"{noms[cle]} : {mots}" if cle in noms else mots))
    return found


def me_l_affecter(demarche, *, par) -> None:
    services.affecter(demarche, agent=par, par=par)


def retirer(_demarche, *, piece, par) -> None:
    pieces.retirer(piece, par=par)


ETAPES = [
    Step(
        "deposer",
        gettext_lazy("Déposer"),
        deposer,
        ngettext_lazy("%(count)s dossier déposé.", "%(count)s dossiers déposés.", "count"),
        allowed=est_brouillon_du_guichet,
        permission="traiter",
        variant="primary",
    ),
    Step(
        "prendre_en_charge",
        gettext_lazy("Prendre en charge"),
        services.prendre_en_charge,
        ngettext_lazy(
            "%(count)s dossier pris en charge.", "%(count)s dossiers pris en charge.", "count"
        ),
        allowed=est_en(S.DEPOSEE),
        permission="traiter",
        variant="primary",
    ),
    Step(
        "completer",
        gettext_lazy("La pièce est là"),
        services.completer,
        ngettext_lazy("%(count)s dossier complété.", "%(count)s dossiers complétés.", "count"),
        allowed=est_en(S.PIECE_DEMANDEE),
        form=gestes.CompleterForm,
        permission="traiter",
        variant="primary",
        many=False,
    ),
    Step(
        "valider",
        gettext_lazy("Valider"),
        services.valider,
        ngettext_lazy("%(count)s dossier validé.", "%(count)s dossiers validés.", "count"),
        allowed=mene_a(S.VALIDEE),
        permission="traiter",
        variant="primary",
    ),
    Step(
        "preparer",
        gettext_lazy("Prêt au guichet"),
        services.preparer,
        ngettext_lazy("%(count)s dossier prêt.", "%(count)s dossiers prêts.", "count"),
        allowed=mene_a(S.PRETE),
        permission="traiter",
        variant="primary",
    ),
    Step(
        "remettre",
        gettext_lazy("Remettre"),
        services.remettre,
        ngettext_lazy("%(count)s dossier remis.", "%(count)s dossiers remis.", "count"),
        allowed=mene_a(S.REMISE),
        permission="traiter",
        variant="primary",
    ),
    Step(
        "demander_piece",
        gettext_lazy("Demander une pièce"),
        services.demander_piece,
        ngettext_lazy("%(count)s pièce demandée.", "%(count)s pièces demandées.", "count"),
        allowed=mene_a(S.PIECE_DEMANDEE),
        form=gestes.DemanderPieceForm,
        permission="traiter",
        many=False,
    ),
    Step(
        "affecter",
        gettext_lazy("Affecter"),
        services.affecter,
        ngettext_lazy("%(count)s dossier affecté.", "%(count)s dossiers affectés.", "count"),
        allowed=est_ouverte,
        form=gestes.AffecterForm,
        permission="traiter",
    ),
    Step(
        "me_l_affecter",
        gettext_lazy("Me l'affecter"),
        me_l_affecter,
        ngettext_lazy("%(count)s dossier est à vous.", "%(count)s dossiers sont à vous.", "count"),
        allowed=est_en(S.EN_COURS, S.PIECE_DEMANDEE, S.VALIDEE, S.PRETE),
        useful=lambda demarche, agent: demarche.agent_traitant_id != agent.pk,
        permission="traiter_ici",
    ),
    Step(
        "priorite",
        gettext_lazy("Changer la priorité"),
        services.changer_priorite,
        ngettext_lazy("%(count)s priorité changée.", "%(count)s priorités changées.", "count"),
        allowed=est_ouverte,
        form=gestes.PrioriteForm,
        permission="traiter",
    ),
    Step(
        "joindre",
        gettext_lazy("Joindre une pièce"),
        pieces.joindre,
        ngettext_lazy("%(count)s pièce jointe.", "%(count)s pièces jointes.", "count"),
        allowed=est_ouverte,
        form=gestes.JoindreForm,
        permission="joindre",
        many=False,
    ),
    Step(
        "retirer_piece",
        gettext_lazy("Retirer une pièce"),
        retirer,
        ngettext_lazy("%(count)s pièce retirée.", "%(count)s pièces retirées.", "count"),
        allowed=lambda demarche: gestes.recentes(demarche).exists(),
        form=gestes.RetirerForm,
        permission="retirer",
        many=False,
    ),
    Step(
        "ecrire",
        gettext_lazy("Écrire au demandeur"),
        partial(services.ecrire, interne=False),
        ngettext_lazy("%(count)s message envoyé.", "%(count)s messages envoyés.", "count"),
        allowed=est_deposee,
        form=gestes.EcrireForm,
        permission="traiter",
        many=False,
    ),
    Step(
        "noter",
        gettext_lazy("Ajouter une note interne"),
        partial(services.ecrire, interne=True),
        ngettext_lazy("%(count)s note ajoutée.", "%(count)s notes ajoutées.", "count"),
        allowed=est_deposee,
        form=gestes.EcrireForm,
        permission="traiter",
        many=False,
    ),
    Step(
        "rejeter",
        gettext_lazy("Rejeter"),
        services.rejeter,
        ngettext_lazy("%(count)s dossier rejeté.", "%(count)s dossiers rejetés.", "count"),
        allowed=mene_a(S.REJETEE),
        form=gestes.RejeterForm,
        permission="traiter",
        variant="danger",
        many=False,
    ),
    Step(
        "annuler",
        gettext_lazy("Annuler la demande"),
        services.annuler,
        ngettext_lazy("%(count)s dossier annulé.", "%(count)s dossiers annulés.", "count"),
        allowed=lambda demarche: est_du_guichet(demarche) and mene_a(S.ANNULEE)(demarche),
        # Asks nothing, and is not done by a slip of the finger.
        form=StepForm,
        permission="traiter",
        variant="danger",
        many=False,
    ),
]
