"""The answers to the questions of a procedure, checked on the server from its definition."""

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from rest_framework import serializers

from demarches.definition.champs import FICHIERS, LIGNES
from demarches.definition.conditions import cles, vaut
from demarches.definition.lecteurs import lecteur
from demarches.definition.textes import extrait

# Of all the answers of a dossier, as JSON.
TAILLE_AU_PLUS = 200_000
# How many keys that nobody asked for are told at once.
INCONNUES_AU_PLUS = 20
DES_FICHIERS = frozenset({"fichier", "photo"})


def verifier_reponses(
    champs: list[dict],
    donnees: object,
    *,
    partiel: bool,
    fichiers: Mapping[str, int] | None = None,
) -> dict:
    """The answers in their canonical form, which JSON can store; those that are null, blank or
    empty are left out, for they answer nothing.

    `champs` is a valid definition, `fichiers` says how many files answer each question that asks
    for files. With `partiel` (a draft) nothing needs to be there yet, and a declaration may
    still be false. Raises `ValidationError({"donnees": {cle: [...]}})` for what is unknown, hidden,
    wrong, too large or missing; a question whose condition rests on a wrong answer waits for it.
    """
    if not isinstance(donnees, dict):
        raise _refus([_("Un objet est attendu, avec une réponse par question.")])
    lecture = _Lecture(champs, donnees, partiel=partiel, fichiers=fichiers or {})
    lecture.lire()
    if lecture.erreurs:
        raise _refus(lecture.erreurs)
    if len(json.dumps(lecture.reponses, ensure_ascii=False)) > TAILLE_AU_PLUS:
        raise _refus([_("Les réponses dépassent %(nombre)s caractères.") % _limite()])
    return lecture.reponses


def _refus(erreurs: list | dict) -> serializers.ValidationError:
    return serializers.ValidationError({"donnees": erreurs})


def _limite() -> dict[str, int]:
    return {"nombre": TAILLE_AU_PLUS}


@dataclass
class _Lecture:
    """One reading of `donnees`: of the whole, or of one line of a group.

    `autour` holds the answers outside the line, `incertaines` the keys of questions whose answer is
    wrong, or whose condition rests on a wrong one.
    """

    champs: list[dict]
    donnees: dict
    partiel: bool
    fichiers: Mapping[str, int] = field(default_factory=dict)
    autour: Mapping[str, object] = field(default_factory=dict)
    incertaines: set[str] = field(default_factory=set)
    reponses: dict = field(default_factory=dict)
    erreurs: dict = field(default_factory=dict)

    def lire(self) -> None:
        self._refuser_les_inconnues()
        for champ in self.champs:
            self._repondre(champ)

    def _refuser_les_inconnues(self) -> None:
        connues = {champ["cle"] for champ in self.champs if champ["type"] != "information"}
        inconnues = (cle for cle in self.donnees if cle not in connues)
        for cle in itertools.islice(inconnues, INCONNUES_AU_PLUS):
            self._refuser(extrait(cle), _("Cette question n'est pas posée."))

    def _repondre(self, champ: dict) -> None:
        condition = champ.get("afficher_si")
        if self.incertaines & cles(condition):
            self.incertaines.add(champ["cle"])
        elif not self._vaut(condition):
            self._refuser_cachee(champ)
        elif champ["type"] in DES_FICHIERS:
            self._compter(champ)
        elif champ["type"] != "information":
            self._lire(champ)

    def _vaut(self, condition: dict | None) -> bool:
        return vaut(condition, {**self.autour, **self.reponses})

    def _refuser_cachee(self, champ: dict) -> None:
        cle = champ["cle"]
        # The files of a draft wait for the answers that show their question.
        fichiers = 0 if self.partiel else self.fichiers.get(cle, 0)
        if fichiers and champ["type"] in DES_FICHIERS:
            self._refuser(cle, _("D'après vos réponses, aucun fichier n'est demandé ici."))
        elif champ["type"] != "information" and not _est_vide(self.donnees.get(cle)):
            self._refuser(cle, _("D'après vos réponses, cette question n'est pas posée."))

    def _compter(self, champ: dict) -> None:
        cle, nombre_max = champ["cle"], champ.get("nombre_max", FICHIERS)
        nombre = self.fichiers.get(cle, 0)
        if not _est_vide(self.donnees.get(cle)):
            self._refuser(cle, _("Cette question reçoit des fichiers, qui se joignent à part."))
        elif nombre > nombre_max:
            self._refuser(cle, _("%(nombre)s fichier(s) au plus.") % {"nombre": nombre_max})
        elif not nombre and self._manque(champ):
            self._refuser(cle, _("Joignez un fichier : il est obligatoire."))

    def _lire(self, champ: dict) -> None:
        cle, valeur = champ["cle"], self.donnees.get(champ["cle"])
        if _est_vide(valeur) or self._est_a_cocher(champ, valeur):
            if self._manque(champ):
                self._refuser(cle, serializers.Field.default_error_messages["required"])
            return
        try:
            self.reponses[cle] = self._valeur(champ, valeur)
        except serializers.ValidationError as error:
            self._refuser(cle, error.detail)

    def _est_a_cocher(self, champ: dict, valeur: object) -> bool:
        """Whether this is a declaration that a draft leaves for later."""
        return self.partiel and champ["type"] == "declaration" and valeur is False

    def _manque(self, champ: dict) -> bool:
        """Whether an answer to this question, which is shown, has to be there."""
        if self.partiel:
            return False
        if "obligatoire_si" not in champ:
            return champ.get("obligatoire", champ["type"] == "declaration")
        condition = champ["obligatoire_si"]
        return not self.incertaines & cles(condition) and self._vaut(condition)

    def _valeur(self, champ: dict, valeur: object):
        if champ["type"] == "groupe":
            return self._lignes(champ, valeur)
        return lecteur(champ).run_validation(valeur)

    def _lignes(self, groupe: dict, lignes: object) -> list[dict]:
        _verifier_nombre(groupe, lignes, partiel=self.partiel)
        lectures = [self._ligne(groupe, ligne) for ligne in lignes]
        erreurs = {rang: each.erreurs for rang, each in enumerate(lectures) if each.erreurs}
        if erreurs:
            raise serializers.ValidationError(erreurs)
        return [lecture.reponses for lecture in lectures]

    def _ligne(self, groupe: dict, ligne: object) -> "_Lecture":
        autour, incertaines = {**self.autour, **self.reponses}, set(self.incertaines)
        lecture = _Lecture(groupe["champs"], {}, self.partiel, {}, autour, incertaines)
        if isinstance(ligne, dict):
            lecture.donnees = ligne
            lecture.lire()
        else:
            lecture.erreurs["non_field_errors"] = [_("Un objet est attendu pour chaque ligne.")]
        return lecture

    def _refuser(self, cle: str, erreur) -> None:
        self.erreurs[cle] = erreur if isinstance(erreur, list | dict) else [erreur]
        self.incertaines.add(cle)


def _est_vide(valeur: object) -> bool:
    if isinstance(valeur, str):
        return not valeur.strip()
    return valeur is None or valeur == []


def _verifier_nombre(groupe: dict, lignes: object, *, partiel: bool) -> None:
    minimum, maximum = groupe.get("minimum", 0), groupe.get("maximum", LIGNES)
    if not isinstance(lignes, list):
        raise serializers.ValidationError(_("Une liste de lignes est attendue."))
    if len(lignes) > maximum:
        raise serializers.ValidationError(_("%(nombre)s ligne(s) au plus.") % {"nombre": maximum})
    if len(lignes) < minimum and not partiel:
        raise serializers.ValidationError(_("%(nombre)s lignes au moins.") % {"nombre": minimum})
