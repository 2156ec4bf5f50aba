"""All the questions of a dossier on one page, in their order, with what was wrong of each."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django import forms
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldBooleanWidget

from demarches.admin.questions import aide_de, formulaire_de, titre_de
from demarches.definition.champs import LIGNES

PREFIXE = "q"
RETIRER = "retirer-la-ligne"


@dataclass
class Groupe:
    """A question that is answered by lines, each a form of its own."""

    champ: dict
    lignes: list[forms.Form]
    complet: bool
    compte: str
    # The places, among `lignes`, of those that hold an answer.
    gardees: list[int] = field(default_factory=list)

    def donnees(self) -> list[dict]:
        self.gardees, found = [], []
        for rang, form in enumerate(self.lignes):
            donnees = _repondu(form)
            if donnees and not form.cleaned_data.get(RETIRER):
                self.gardees.append(rang)
                found.append(donnees)
        return found

    def refuser(self, erreurs: list | dict) -> list[str]:
        """Put what was refused beside its line; what is said of the whole."""
        if not isinstance(erreurs, dict):
            return [str(each) for each in erreurs]
        for rang, by_key in erreurs.items():
            form = self.lignes[self.gardees[int(rang)]]
            for cle, said in by_key.items():
                _refuser(form, cle, said)
        return []


@dataclass
class Ligne:
    """One line of a group, as the page shows it."""

    questions: list["Question"]
    retirer: forms.BoundField
    erreurs: list[str]


@dataclass
class Question:
    """One question as the page shows it. `condition` is when it is asked, as JSON."""

    champ: dict
    titre: str
    aide: str
    condition: str
    saisie: forms.BoundField | None = None
    groupe: Groupe | None = None
    lignes: list[Ligne] = field(default_factory=list)
    # What the files are, for a question that takes some.
    papier: dict | None = None
    erreurs: list[str] = field(default_factory=list)

    @property
    def cle(self) -> str:
        return self.champ["cle"]

    @property
    def type(self) -> str:
        return self.champ["type"]


class Questionnaire:
    """The questions `champs`, with the stored `donnees`, or with what was sent as `data`.

    `ligne_de_plus` is the key of a group that one more line is asked for.
    """

    def __init__(self, champs: list[dict], langue: str, *, donnees: Mapping, data=None, plus=""):
        self.champs, self.langue, self.data, self.plus = champs, langue, data, plus
        self.form = formulaire_de(champs, langue, prefix=PREFIXE, donnees=donnees, data=data)
        self.groupes = {
            champ["cle"]: self._groupe(champ, donnees.get(champ["cle"]))
            for champ in champs
            if champ["type"] == "groupe"
        }
        self.erreurs: dict[str, list[str]] = {}

    def donnees(self) -> dict | None:
        """What was sent, as the service takes it; None when a text can be no answer at all."""
        found = _repondu(self.form)
        for cle, groupe in self.groupes.items():
            if lignes := groupe.donnees():
                found[cle] = lignes
        forms_ = [self.form, *(form for each in self.groupes.values() for form in each.lignes)]
        return None if any(form.errors for form in forms_) else found

    def refuser(self, erreurs: list | dict) -> None:
        """Put what the service refused beside its question."""
        if not isinstance(erreurs, dict):
            self.form.add_error(None, [str(each) for each in erreurs])
            return
        for cle, said in erreurs.items():
            if cle in self.groupes:
                self.erreurs[cle] = self.groupes[cle].refuser(said)
            elif cle in self.form.fields:
                _refuser(self.form, cle, said)
            else:
                self.erreurs[cle] = _phrases(said)

    def questions(self) -> list[Question]:
        return [self._question(champ, self.form) for champ in self.champs]

    def _question(self, champ: dict, form: forms.Form) -> Question:
        cle = champ["cle"]
        question = Question(
            champ,
            titre_de(champ, self.langue),
            aide_de(champ, self.langue),
            json.dumps(champ["afficher_si"]) if "afficher_si" in champ else "",
            erreurs=self.erreurs.get(cle, []) if form is self.form else [],
        )
        if cle in form.fields:
            question.saisie = form[cle]
        if champ["type"] == "groupe":
            question.groupe = self.groupes[cle]
            question.lignes = [self._montree(champ, form) for form in question.groupe.lignes]
        return question

    def _montree(self, groupe: dict, form: forms.Form) -> Ligne:
        questions = [self._question(champ, form) for champ in groupe["champs"]]
        return Ligne(questions, form[RETIRER], form.non_field_errors())

    def _groupe(self, champ: dict, stored) -> Groupe:
        cle, au_plus = champ["cle"], champ.get("maximum", LIGNES)
        stored = [each for each in stored if isinstance(each, dict)] if _liste(stored) else []
        compte = f"{PREFIXE}-{cle}-lignes"
        nombre = max(champ.get("minimum", 0), len(stored), 1)
        if self.data is not None:
            nombre = _entier(self.data.get(compte), nombre)
        nombre = min(nombre + (self.plus == cle), au_plus)
        lignes = [
            self._ligne(champ, rang, stored[rang] if rang < len(stored) else {})
            for rang in range(nombre)
        ]
        return Groupe(champ, lignes, complet=nombre >= au_plus, compte=compte)

    def _ligne(self, groupe: dict, rang: int, stored: dict) -> forms.Form:
        prefix = f"{PREFIXE}-{groupe['cle']}-{rang}"
        form = formulaire_de(
            groupe["champs"], self.langue, prefix=prefix, donnees=stored, data=self.data
        )
        form.fields[RETIRER] = forms.BooleanField(
            label=_("Retirer cette ligne"), required=False, widget=UnfoldBooleanWidget
        )
        return form


def _repondu(form: forms.Form) -> dict:
    form.full_clean()
    donnees = {cle: v for cle, v in form.cleaned_data.items() if cle != RETIRER}
    return {cle: valeur for cle, valeur in donnees.items() if valeur not in (None, "", [])}


def _refuser(form: forms.Form, cle: str, said) -> None:
    form.add_error(cle if cle in form.fields else None, _phrases(said))


def _phrases(said) -> list[str]:
    return list(_dites(said))


def _dites(said) -> Iterator[str]:
    if isinstance(said, dict | list):
        for inner in said.values() if isinstance(said, dict) else said:
            yield from _dites(inner)
    else:
        yield str(said)


def _liste(valeur) -> bool:
    return isinstance(valeur, list)


def _entier(texte, sinon: int) -> int:
    """How many lines a page says that it had."""
    return int(texte) if texte and texte.isascii() and texte.isdigit() and len(texte) < 4 else sinon
