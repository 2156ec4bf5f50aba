"""Problem reports that say the same: one stays the original, the others point to it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from demarches.mails.signalements import prevenir
from demarches.models import Signalement
from demarches.services.historique import Origine
from demarches.services.transitions import avancer
from demarches.workflow import TRANSITIONS_SIGNALEMENT, StatutSignalement
from ecms.exceptions import DomainError

ESSAIS = 10


class DoublonCirculaire(DomainError):
    code = "doublon_circulaire"


@transaction.atomic
def marquer_doublon(signalement: Signalement, *, doublon_de: Signalement, par) -> Signalement:
    """Say that a report repeats `doublon_de`, or what that one repeats: never a chain.

    What pointed to `signalement` points to the original from now on. Raises `ValidationError` for
    a report of another mairie or the report itself, `DoublonCirculaire` when the original would be
    the report itself, `TransitionInterdite` when it is closed already.
    """
    if doublon_de.mairie_id != signalement.mairie_id or doublon_de.pk == signalement.pk:
        raise ValidationError({"doublon_de": _("Aucun autre signalement de ce numéro ici.")})
    signalement, original, doublons = _verrouiller(signalement.pk, doublon_de.pk)
    avancer(
        signalement,
        StatutSignalement.DOUBLON,
        table=TRANSITIONS_SIGNALEMENT,
        par=par,
        origine=Origine.AGENT,
        doublon_de=original,
        agent_traitant=par,
    )
    for doublon in doublons:
        doublon.doublon_de = original
        doublon.save(update_fields=["doublon_de", "date_modification"])
    prevenir(signalement, "doublon")
    return signalement


def _verrouiller(pk: int, cible: int) -> tuple[Signalement, Signalement, list[Signalement]]:
    """The report, its original and its duplicates, locked by ascending pk.

    Who they are is only certain once they are locked: when it turns out otherwise, the locks are
    given back (a savepoint's go with it) and taken anew, still in order.
    """
    for _essai in range(ESSAIS):
        with transaction.atomic():
            original = _original(cible)
            if original == pk:
                raise DoublonCirculaire(
                    _("Ce signalement est lui-même l'original de celui que vous nommez.")
                )
            doublons = _doublons(pk)
            rows = _sous_verrou([pk, original, *doublons])
            if rows[original].doublon_de_id is None and _doublons(pk) == doublons:
                return rows[pk], rows[original], [rows[each] for each in doublons]
            transaction.set_rollback(True)
    raise DomainError(_("Ces signalements changent en ce moment. Réessayez."))


def _original(pk: int) -> int:
    return Signalement.objects.values_list("doublon_de", flat=True).get(pk=pk) or pk


def _doublons(pk: int) -> list[int]:
    found = Signalement.objects.filter(doublon_de=pk).order_by("pk")
    return list(found.values_list("pk", flat=True))


def _sous_verrou(pks: list[int]) -> dict[int, Signalement]:
    rows = Signalement.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    return {row.pk: row for row in rows.select_related("mairie").filter(pk__in=pks)}
