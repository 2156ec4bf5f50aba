"""Hours and closings as the rows of the admin send them, for the tests."""


def rangees(nom: str = "horaires", **jours) -> dict:
    """`rangees(lundi=[("07:30", "15:30")])` is what the page of the hours sends."""
    sent = {f"{nom}-presents": "1"}
    for jour, intervalles in jours.items():
        for rang, (debut, fin) in enumerate(intervalles):
            sent |= {f"{nom}-{jour}-{rang}-de": debut, f"{nom}-{jour}-{rang}-a": fin}
    return sent


def lignes(nom: str, *rows, suite: str = "") -> dict:
    """`lignes("fermetures", {"date": "2026-12-25"})`, or texts for closed days."""
    sent = {f"{nom}-suite": suite}
    for rang, row in enumerate(rows):
        row = row if isinstance(row, dict) else {"date": row}
        sent |= {f"{nom}-{rang}-{cle}": valeur for cle, valeur in row.items()}
    return sent
