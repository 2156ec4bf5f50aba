"""The life of a problem report: what the person who reported it and the agents do to it.

The API, Open311 and the admin all call these. `par` is the account that acts, None for a visitor
or whoever came with the secret code. Who may act is decided by the caller.
"""

from contextlib import ExitStack, suppress
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from demarches.mails.signalements import prevenir, prevenir_les_doublons
from demarches.models import PieceJointe, Signalement, Suivi
from demarches.proximite import au_cameroun, proches
from demarches.services.doublons import DoublonCirculaire, marquer_doublon
from demarches.services.historique import Nature, Origine, noter
from demarches.services.transitions import avancer, verrouiller
from demarches.workflow import TRANSITIONS_SIGNALEMENT, StatutSignalement
from ecms.codes import new_secret, save_with_number
from ecms.exceptions import DomainError, TransitionInterdite
from ecms.files import discarded_on_error
from ecms.images import ReencodedImage, reencode
from mairies.models import ServiceMunicipal

__all__ = [
    "PHOTOS_MAX",
    "DoublonCirculaire",
    "TransitionInterdite",
    "ajouter_photo",
    "annoter",
    "marquer_doublon",
    "masquer_photo",
    "modifier",
    "planifier",
    "prendre_en_charge",
    "proches",
    "rejeter",
    "resoudre",
    "rouvrir",
    "service_de",
    "signaler",
]

S = StatutSignalement
PREFIX = "S"
# Photos that come with a report, and that one may have in all.
PHOTOS_MAX = 5
PHOTOS_EN_TOUT = 20
DELAI_REOUVERTURE = timedelta(days=30)
FAITS = {
    "categorie",
    "titre",
    "description",
    "adresse",
    "repere",
    "latitude",
    "longitude",
    "email",
    "telephone",
    "est_anonyme",
    "langue",
}


class MairieInactive(DomainError):
    code = "mairie_inactive"


class DelaiDepasse(DomainError):
    code = "delai_depasse"


class TropDePhotos(DomainError):
    code = "trop_de_photos"


class SignalementClos(DomainError):
    code = "signalement_clos"


def signaler(mairie, *, par, photos=(), **faits) -> Signalement:
    """File a report to `mairie`, and thank whoever left an address.

    `faits` are `categorie`, `description`, and of `titre`, `adresse`, `repere`, `latitude` and
    `longitude` (Decimal), `email`, `telephone`, `est_anonyme`, `langue` what is known; at least one
    of the places. `photos` are uploads or `ReencodedImage`, five at most. Raises `MairieInactive`,
    and `ValidationError` for a photo that is none, a point outside Cameroon or no place at all;
    then nothing is kept, neither row nor file.
    """
    _verifier_active(mairie)
    _verifier_lieu(faits)
    images = _images(photos)
    signalement = _nouveau(mairie, par, faits)
    with ExitStack() as files, transaction.atomic():
        save_with_number(signalement, PREFIX)
        for image in images:
            _joindre(signalement, image, _nomme(signalement, par), files)
        _noter(signalement, par, nature=Nature.STATUT, nouveau=signalement.statut)
        prevenir(signalement, "recu")
    return signalement


def service_de(mairie_id: int, categorie: str) -> ServiceMunicipal | None:
    """The service that answers for `categorie` at a mairie, if one does."""
    return ServiceMunicipal.objects.filter(
        mairie_id=mairie_id, est_actif=True, categories_signalements__contains=[categorie]
    ).first()


@transaction.atomic
def modifier(signalement: Signalement, *, par, **changes) -> Signalement:
    """Change `categorie`, `service` or `priorite`; another category goes to its own service unless
    one is named. Raises `ValidationError` for a service of another mairie."""
    signalement = verrouiller(signalement)
    if changes.get("categorie", signalement.categorie) != signalement.categorie:
        changes.setdefault("service", service_de(signalement.mairie_id, changes["categorie"]))
    _verifier_service(signalement, changes.get("service"))
    told = _differences(signalement, changes)
    if not told:
        return signalement
    for name, value in changes.items():
        setattr(signalement, name, value)
    signalement.save(update_fields=[*changes, "date_modification"])
    _noter_pour_la_mairie(signalement, par, nature=Nature.MODIFICATION, message="\n".join(told))
    return signalement


@transaction.atomic
def prendre_en_charge(signalement: Signalement, *, par, message: str = "") -> Signalement:
    signalement = verrouiller(signalement)
    _avancer(signalement, S.EN_COURS, par, message, **_pris_en_charge(signalement, par))
    prevenir(signalement, "en_cours", message=message)
    return signalement


@transaction.atomic
def planifier(
    signalement: Signalement, *, date_prevue: date, par, message: str = ""
) -> Signalement:
    """Say on which day the works are to be done. Raises `ValidationError` for a day that is over
    in Cameroon."""
    if date_prevue < timezone.localdate():
        raise ValidationError({"date_prevue": _("Cette date est passée.")})
    signalement = verrouiller(signalement)
    changes = {"date_prevue": date_prevue, **_pris_en_charge(signalement, par)}
    _avancer(signalement, S.PLANIFIE, par, message, **changes)
    prevenir(signalement, "planifie", message=message, jour=date_prevue.isoformat())
    return signalement


@transaction.atomic
def resoudre(signalement: Signalement, *, par, message: str = "") -> Signalement:
    """The problem is gone: its reporter and those of its duplicates are told."""
    signalement = verrouiller(signalement)
    changes = {"date_resolution": timezone.now(), "agent_traitant": par}
    _avancer(signalement, S.RESOLU, par, message, **changes)
    prevenir(signalement, "resolu", message=message)
    prevenir_les_doublons(signalement, "original_resolu", message=message)
    return signalement


def rejeter(signalement: Signalement, *, motif: str, par) -> Signalement:
    """Refuse a report, which is public no more, nor are its photos; its reporter and those of its
    duplicates learn why. Raises `ValidationError` without a reason."""
    _verifier_motif(motif)
    with ExitStack() as files, transaction.atomic():
        signalement = verrouiller(signalement)
        changes = {"date_rejet": timezone.now(), "agent_traitant": par}
        _avancer(signalement, S.REJETE, par, motif, **changes)
        for piece in signalement.photos.filter(est_visible=True).select_for_update(no_key=True):
            _retirer_adresse(piece, files)
        prevenir(signalement, "rejete", message=motif)
        prevenir_les_doublons(signalement, "original_rejete", message=motif)
    return signalement


@transaction.atomic
def rouvrir(signalement: Signalement, *, motif: str, par, comme_agent: bool = False) -> Signalement:
    """Report once more what was closed: it begins anew.

    Whoever reported it has 30 days; an agent (`comme_agent`) may at any time. Raises
    `DelaiDepasse`, `MairieInactive`, and `ValidationError` without a reason.
    """
    _verifier_motif(motif)
    signalement = verrouiller(signalement)
    _verifier_active(signalement.mairie)
    if not comme_agent:
        _verifier_delai(signalement)
    dates = ("date_prise_en_charge", "date_prevue", "date_resolution", "date_rejet")
    changes = {**dict.fromkeys(dates), "doublon_de": None}
    origine = Origine.AGENT if comme_agent else Origine.DEMANDEUR
    _avancer(signalement, S.SIGNALE, par, motif, origine=origine, **changes)
    if comme_agent:
        prevenir(signalement, "rouvert", message=motif)
    return signalement


def ajouter_photo(
    signalement: Signalement, *, photo, par, comme_agent: bool = False
) -> PieceJointe:
    """Add a photo (an upload or a `ReencodedImage`). Raises `SignalementClos` for whoever reported
    a problem that is closed, `TropDePhotos`, `MairieInactive`, and `ValidationError` for a file
    that is no image."""
    (image,) = _images([photo])
    with ExitStack() as files, transaction.atomic():
        signalement = verrouiller(signalement)
        _verifier_active(signalement.mairie)
        if not comme_agent and signalement.statut not in S.ouverts():
            raise SignalementClos(_("Ce signalement est clos : rouvrez-le d'abord."))
        if signalement.photos.count() >= PHOTOS_EN_TOUT:
            raise TropDePhotos(_("Ce signalement a assez de photos."))
        origine = Origine.AGENT if comme_agent else Origine.DEMANDEUR
        depose_par = par if comme_agent else _nomme(signalement, par)
        piece = _joindre(signalement, image, depose_par, files)
        _noter(signalement, par, nature=Nature.PIECE, origine=origine)
    return piece


def masquer_photo(piece: PieceJointe, *, est_visible: bool, par) -> PieceJointe:
    """Take a photo out of what the public sees, and from the address that it had there, or put it
    back."""
    with ExitStack() as files, transaction.atomic():
        piece = verrouiller(piece)
        if piece.est_visible == est_visible:
            return piece
        piece.est_visible = est_visible
        piece.save(update_fields=["est_visible", "date_modification"])
        if not est_visible:
            _retirer_adresse(piece, files)
        message = _("Photo montrée") if est_visible else _("Photo masquée")
        _noter_pour_la_mairie(piece.signalement, par, nature=Nature.PIECE, message=message)
    return piece


def annoter(signalement: Signalement, *, message: str, par) -> Suivi:
    """A note among the agents of the mairie, about a report in any state."""
    return _noter_pour_la_mairie(signalement, par, nature=Nature.NOTE, message=message)


def _nouveau(mairie, par, faits: dict) -> Signalement:
    signalement = Signalement(mairie=mairie, signaleur=par, code_suivi=new_secret())
    signalement.langue = par.langue if par else (translation.get_language() or "fr")[:2]
    for name, value in faits.items():
        if name not in FAITS:
            raise TypeError(name)
        setattr(signalement, name, value)
    signalement.service = service_de(mairie.pk, signalement.categorie)
    signalement.titre = signalement.titre or _titre(signalement)
    return signalement


def _titre(signalement: Signalement) -> str:
    """What and where, in the words of the person: « Voirie : carrefour Mvog-Mbi »."""
    lieu = signalement.repere or signalement.adresse
    with translation.override(signalement.langue):
        titre = str(signalement.get_categorie_display())
    return f"{titre} : {lieu}"[:200] if lieu else titre


def _images(photos) -> list[ReencodedImage]:
    """Every photo decoded before anything is written: one that is none refuses all."""
    if len(photos) > PHOTOS_MAX:
        message = _("%(nombre)s photos au plus.") % {"nombre": PHOTOS_MAX}
        raise ValidationError({"photos": message})
    try:
        return [p if isinstance(p, ReencodedImage) else reencode(p) for p in photos]
    except ValidationError as error:
        raise ValidationError({"photos": error}) from error


def _joindre(signalement: Signalement, image, depose_par, files: ExitStack) -> PieceJointe:
    piece = PieceJointe(mairie=signalement.mairie, signalement=signalement, depose_par=depose_par)
    piece.photo = image
    files.enter_context(discarded_on_error(piece))
    piece.save()
    return piece


def _retirer_adresse(piece: PieceJointe, files: ExitStack) -> None:
    """Store the photo anew: once this is committed, the files that were public are deleted. A
    photo that is lost has nothing to move."""
    with suppress(FileNotFoundError):
        piece.photo = piece.photo.renewed()
        files.enter_context(discarded_on_error(piece))
        piece.save(update_fields=["photo", "date_modification"])


def _nomme(signalement: Signalement, par):
    """`par` as the history may name them: whoever reported anonymously is named nowhere, not even
    an account that came with the code of a report without one."""
    return None if signalement.est_anonyme else par


def _noter(signalement: Signalement, par, *, origine=Origine.DEMANDEUR, **line) -> Suivi:
    auteur = par if origine == Origine.AGENT else _nomme(signalement, par)
    return noter(signalement, origine=origine, auteur=auteur, **line)


def _noter_pour_la_mairie(signalement: Signalement, par, **line) -> Suivi:
    return noter(signalement, origine=Origine.AGENT, auteur=par, est_visible=False, **line)


def _avancer(
    signalement: Signalement, statut: S, par, message: str, *, origine=Origine.AGENT, **changes
) -> None:
    auteur = par if origine == Origine.AGENT else _nomme(signalement, par)
    table = TRANSITIONS_SIGNALEMENT
    avancer(
        signalement, statut, table=table, par=auteur, origine=origine, message=message, **changes
    )


def _pris_en_charge(signalement: Signalement, par) -> dict:
    since = signalement.date_prise_en_charge or timezone.now()
    return {"agent_traitant": par, "date_prise_en_charge": since}


def _differences(signalement: Signalement, changes: dict) -> list[str]:
    """« field : before → after », one line for each change."""
    told = []
    for name, value in changes.items():
        if getattr(signalement, name) == value:
            continue
        after = Signalement(**{name: value})
        label = signalement._meta.get_field(name).verbose_name
        told.append(f"{label} : {_mot(signalement, name)} → {_mot(after, name)}")
    return told


def _mot(signalement: Signalement, name: str) -> str:
    word = getattr(signalement, f"get_{name}_display", lambda: getattr(signalement, name))()
    return str(word or "—")


def _verifier_active(mairie) -> None:
    if not mairie.est_active:
        raise MairieInactive(_("Cette mairie n'a pas d'espace ouvert."))


def _verifier_lieu(faits: dict) -> None:
    latitude, longitude = faits.get("latitude"), faits.get("longitude")
    if (latitude is None) != (longitude is None):
        raise ValidationError({"latitude": _("Latitude et longitude vont ensemble.")})
    if latitude is not None and not au_cameroun(latitude, longitude):
        raise ValidationError({"latitude": _("Ce point n'est pas au Cameroun.")})
    if latitude is None and not faits.get("adresse") and not faits.get("repere"):
        raise ValidationError(_("Dites où : un point sur la carte, une adresse ou un repère."))


def _verifier_service(signalement: Signalement, service: ServiceMunicipal | None) -> None:
    if service is not None and service.mairie_id != signalement.mairie_id:
        raise ValidationError({"service": _("Ce service est d'une autre mairie.")})


def _verifier_motif(motif: str) -> None:
    if not motif.strip():
        raise ValidationError({"motif": _("Dites pourquoi.")})


def _verifier_delai(signalement: Signalement) -> None:
    closed = signalement.date_resolution or signalement.date_rejet
    if closed is None:
        lines = signalement.suivis.filter(nouveau_statut=signalement.statut)
        closed = lines.order_by("-pk").values_list("date_creation", flat=True).first()
    if closed and timezone.now() - closed > DELAI_REOUVERTURE:
        raise DelaiDepasse(_("Les 30 jours pour rouvrir sont passés : signalez de nouveau."))
