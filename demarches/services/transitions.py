"""One move of a dossier, an appointment or a report along its table, under the row's lock."""

from demarches.services.historique import Nature, Origine, noter, origine_de
from ecms.exceptions import TransitionInterdite


def verrouiller(row):
    """`row` as it is now, locked until the end of the transaction."""
    rows = type(row).objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("mairie").get(pk=row.pk)


def avancer(
    row,
    statut,
    *,
    table: dict,
    par=None,
    origine: Origine | None = None,
    message: str = "",
    est_visible: bool = True,
    **changes,
):
    """Move the locked `row` to `statut`, with `changes` to its other columns, and append the move
    to its history. Raises `TransitionInterdite` for a move outside `table`.

    `par` is the account that acts, None for whoever came with the secret.
    """
    ancien = type(statut)(row.statut)
    if statut not in table[ancien]:
        raise TransitionInterdite(ancien, statut)
    row.statut = statut
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=["statut", *changes, "date_modification"])
    noter(
        row,
        nature=Nature.STATUT,
        origine=origine or origine_de(row, par),
        auteur=par,
        ancien=ancien,
        nouveau=statut,
        message=message,
        est_visible=est_visible,
    )
    return row
