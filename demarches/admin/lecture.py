"""The questions and the papers of a procedure, for whoever may not change them."""

from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language

from demarches.admin.constructeur_textes import MOTS, MOTS_DES_PIECES, TYPES
from demarches.definition import libelle


def lire_questions(champs: list[dict]):
    return format_html('<div class="ecms-read">{}</div>', _questions(champs))


def lire_pieces(pieces: list[dict]):
    items = format_html_join(
        "", "<li>{}{}</li>", ((_dit(piece["libelle"]), _piece(piece)) for piece in pieces)
    )
    return format_html('<div class="ecms-read"><ol>{}</ol></div>', items)


def _questions(champs: list[dict]):
    items = format_html_join("", "<li>{}{}{}</li>", (_question(champ) for champ in champs))
    return format_html("<ol>{}</ol>", items)


def _question(champ: dict) -> tuple:
    """The words of a question, what it is, and what may be answered."""
    faits = [TYPES[champ["type"]]]
    if champ.get("obligatoire"):
        faits.append(MOTS["obligatoire"])
    if "obligatoire_si" in champ:
        faits.append(MOTS["resume_obligatoire_si"])
    if "afficher_si" in champ:
        faits.append(MOTS["resume_condition"])
    return _dit(champ["libelle"]), _petit(faits, champ.get("aide")), _reponses(champ)


def _reponses(champ: dict):
    if champ["type"] == "groupe":
        return _questions(champ["champs"])
    if "options" not in champ:
        return ""
    options = ((_dit(option["libelle"]),) for option in champ["options"])
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", options))


def _piece(piece: dict):
    obligation = MOTS["obligatoire" if piece["obligatoire"] else "facultative"]
    lieu = "resume_en_ligne" if piece["en_ligne"] else "au_guichet"
    return _petit([obligation, MOTS_DES_PIECES[lieu]], piece.get("aide"))


def _petit(faits: list, aide: dict | None):
    dits = [" · ".join(str(fait) for fait in faits), _dit(aide) if aide else ""]
    return format_html_join("", "<small>{}</small>", ((dit,) for dit in dits if dit))


def _dit(texte: dict) -> str:
    return libelle(texte, get_language() or "fr")
