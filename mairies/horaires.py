"""Validators of the calendars that a mairie writes: weekly hours, closed days, closings.

They are the only wall between a JSON body and a `JSONField`, so any value at all may come in,
and each either passes or raises `ValidationError` with a sentence that says what to correct.
A message never repeats raw input, which may be huge or impossible to encode.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
DEMI_JOURNEES = ("matin", "apres_midi")
INTERVALLES_PAR_JOUR = 6
DATES_AU_PLUS = 366
MOTIF_AU_PLUS = 200
CLES_FERMETURE = {"date", "motif", "demi_journee"}

# Digits are spelt out because \d also takes those of other scripts.
HEURE = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def valider_horaires(value: object) -> None:
    """Check weekly hours such as `{"lundi": [["07:30", "15:30"]]}`.

    A day that is absent or empty is closed. "24:00" only ends an interval.
    Raises `ValidationError` with one message for each wrong day.
    """
    if not isinstance(value, dict):
        raise _refus(_("Les horaires doivent être un objet dont les clés sont des jours."))
    _verifier_jours(value)
    erreurs = [erreur for jour in JOURS if jour in value for erreur in _erreurs(jour, value[jour])]
    if erreurs:
        raise ValidationError(erreurs)


def valider_jours_fermes(value: object) -> None:
    """Check a list of distinct ISO dates. Raises `ValidationError` for the first wrong one."""
    connues: set[str] = set()
    for rang, texte in _lignes(value):
        _verifier_date(rang, texte)
        if texte in connues:
            raise _refus(_("Ligne %(rang)s : cette date est déjà dans la liste."), rang=rang)
        connues.add(texte)


def valider_fermetures(value: object) -> None:
    """Check closings such as `{"date": "2026-12-25", "motif": "Noël", "demi_journee": null}`.

    Without `demi_journee` the whole day is closed, and nothing else may be said of that date.
    Raises `ValidationError` for the first wrong one.
    """
    connues: dict[str, set[str | None]] = {}
    for rang, fermeture in _lignes(value):
        _verifier_fermeture(rang, fermeture)
        demi_journee = fermeture.get("demi_journee")
        prises = connues.setdefault(fermeture["date"], set())
        if demi_journee in prises:
            raise _refus(_("Ligne %(rang)s : cette fermeture est déjà dans la liste."), rang=rang)
        if prises and None in {demi_journee, *prises}:
            raise _refus(
                _("Ligne %(rang)s : ce jour est déjà fermé, en entier ou pour une demi-journée."),
                rang=rang,
            )
        prises.add(demi_journee)


def _refus(message: str, **params: object) -> ValidationError:
    # Not "invalid": a form would put its own sentence in the place of ours.
    return ValidationError(message, code="calendrier", params=params or None)


def _verifier_jours(value: dict) -> None:
    inconnus = [cle for cle in itertools.islice(value, len(JOURS) + 1) if cle not in JOURS]
    if inconnus:
        raise _refus(
            _("Jour inconnu : « %(jour)s ». Les jours vont de lundi à dimanche, en minuscules."),
            jour=_extrait(inconnus[0]),
        )


def _extrait(value: object) -> str:
    """The beginning of a text, without what a terminal or a response could not print."""
    if not isinstance(value, str):
        return "?"
    return "".join(character for character in value[:20] if character.isprintable())


def _erreurs(jour: str, intervalles: object) -> Iterator[ValidationError]:
    """What is wrong with one day: its first fault is enough to correct it."""
    if not isinstance(intervalles, list):
        yield _refus(_("%(jour)s : une liste d'intervalles est attendue."), jour=jour)
        return
    if len(intervalles) > INTERVALLES_PAR_JOUR:
        yield _refus(
            _("%(jour)s : %(nombre)s intervalles au plus."), jour=jour, nombre=INTERVALLES_PAR_JOUR
        )
        return
    fin_precedente = ""
    for rang, intervalle in enumerate(intervalles, start=1):
        message = _faute(intervalle, fin_precedente)
        if message:
            yield _refus(message, jour=jour, rang=rang)
            return
        fin_precedente = intervalle[1]


def _faute(intervalle: object, fin_precedente: str) -> str | None:
    """The times have one width, so that comparing the texts compares the times."""
    if not isinstance(intervalle, list) or len(intervalle) != 2:
        return _("%(jour)s, intervalle %(rang)s : une heure de début et une de fin sont attendues.")
    if not all(isinstance(heure, str) and HEURE.fullmatch(heure) for heure in intervalle):
        return _("%(jour)s, intervalle %(rang)s : les heures s'écrivent HH:MM, de 00:00 à 24:00.")
    debut, fin = intervalle
    if debut >= fin:
        return _("%(jour)s, intervalle %(rang)s : le début doit précéder la fin.")
    if debut <= fin_precedente:
        return _("%(jour)s, intervalle %(rang)s : il doit commencer après la fin du précédent.")
    return None


def _lignes(value: object) -> Iterator[tuple[int, object]]:
    if not isinstance(value, list):
        raise _refus(_("Une liste de dates est attendue."))
    if len(value) > DATES_AU_PLUS:
        raise _refus(_("%(nombre)s dates au plus."), nombre=DATES_AU_PLUS)
    return enumerate(value, start=1)


def _verifier_date(rang: int, texte: object) -> None:
    if not isinstance(texte, str) or not DATE.fullmatch(texte):
        raise _refus(_("Ligne %(rang)s : la date s'écrit AAAA-MM-JJ."), rang=rang)
    try:
        date.fromisoformat(texte)
    except ValueError as error:
        raise _refus(_("Ligne %(rang)s : cette date n'existe pas."), rang=rang) from error


def _verifier_fermeture(rang: int, fermeture: object) -> None:
    if not isinstance(fermeture, dict) or "date" not in fermeture:
        raise _refus(_("Ligne %(rang)s : un objet avec une date est attendu."), rang=rang)
    if not CLES_FERMETURE.issuperset(itertools.islice(fermeture, len(CLES_FERMETURE) + 1)):
        raise _refus(
            _("Ligne %(rang)s : seuls date, motif et demi_journee sont acceptés."), rang=rang
        )
    _verifier_date(rang, fermeture["date"])
    _verifier_motif(rang, fermeture.get("motif", ""))
    if fermeture.get("demi_journee") not in (None, *DEMI_JOURNEES):
        raise _refus(
            _("Ligne %(rang)s : la demi-journée est « matin » ou « apres_midi »."), rang=rang
        )


def _verifier_motif(rang: int, motif: object) -> None:
    if not isinstance(motif, str) or len(motif) > MOTIF_AU_PLUS:
        raise _refus(
            _("Ligne %(rang)s : le motif est un texte de %(nombre)s caractères au plus."),
            rang=rang,
            nombre=MOTIF_AU_PLUS,
        )
    # PostgreSQL's jsonb refuses NUL and lone surrogates with an error of its own.
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in motif):
        raise _refus(_("Ligne %(rang)s : le motif contient un caractère interdit."), rang=rang)
