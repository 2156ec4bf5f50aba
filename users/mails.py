"""What completes the mails about accounts when they are sent (`ecms.mail.prepares`).

Codes are made here, by the worker: a request does the same work for any address, and a code's six
minutes begin when its mail leaves.
"""

from django.conf import settings
from django.urls import reverse

from ecms import limits
from ecms.environment import origin_of
from ecms.mail import prepares
from ecms.models import Courriel
from users.models import TokenVerification, Utilisateur
from users.services import addresses, codes

Type = TokenVerification.Type


@prepares("users/verification")
def verification(courriel: Courriel) -> dict | None:
    utilisateur = _locked(courriel)
    if utilisateur is None or utilisateur.is_verified:
        return None
    if utilisateur.email != courriel.destinataire:
        return None
    return _code(courriel, utilisateur, Type.EMAIL_VERIFICATION)


@prepares("users/changement_adresse")
def changement_adresse(courriel: Courriel) -> dict | None:
    utilisateur = _locked(courriel)
    if utilisateur is None:
        return None
    return _code(courriel, utilisateur, Type.EMAIL_CHANGE)


@prepares("users/mot_de_passe")
def mot_de_passe(courriel: Courriel) -> dict | None:
    found = addresses.account_of(courriel.destinataire)
    utilisateur = found and codes.lock_account(found)
    if utilisateur is None:
        return None
    courriel.langue = utilisateur.langue
    return _code(courriel, utilisateur, Type.PASSWORD_RESET)


@prepares("users/deja_inscrit")
def deja_inscrit(courriel: Courriel) -> dict:
    return {"lien": forgotten(), "lien_texte": "E-CMS"}


@prepares("users/invitation")
def invitation(courriel: Courriel) -> dict:
    return {"lien": password_page(), "lien_texte": "E-CMS"}


@prepares("users/export_pret")
def export_pret(courriel: Courriel) -> dict:
    return {"lien": f"{settings.FRONTEND_URL}/mes-donnees", "lien_texte": "E-CMS"}


@prepares("users/connexion_bloquee")
def connexion_bloquee(courriel: Courriel) -> dict | None:
    """Queued for whatever was typed: most of it is nobody's."""
    compte = Utilisateur.objects.filter(pk=courriel.contexte["compte"], is_active=True).first()
    # A claim may be somebody else's address.
    if compte is None or not compte.is_verified:
        return None
    # Once, under whatever names it is tried; a second delivery of this mail is not counted.
    if "compte_prevenu" not in courriel.contexte:
        if not limits.allowed("alerte", f"compte:{compte.pk}"):
            return None
        courriel.contexte["compte_prevenu"] = True
    courriel.destinataire, courriel.langue = compte.email, compte.langue
    return {"lien": password_page() if compte.is_staff else forgotten(), "lien_texte": "E-CMS"}


def password_page() -> str:
    """The page where staff choose their password, as the outside sees it."""
    return origin_of(settings.API_BASE_URL) + reverse("admin_password_reset")


def forgotten() -> str:
    """The same of the front end, for everybody."""
    return f"{settings.FRONTEND_URL}/mot-de-passe-oublie"


def _locked(courriel: Courriel) -> Utilisateur | None:
    found = Utilisateur.objects.filter(pk=courriel.contexte["utilisateur"]).first()
    return found and codes.lock_account(found)


def _code(courriel: Courriel, utilisateur: Utilisateur, type_token: str) -> dict | None:
    """The code to mail: the one this mail was prepared with, if its delivery failed before."""
    holder = addresses.verified_holder(courriel.destinataire)
    if holder and holder.pk != utilisateur.pk:
        return _tell(holder, courriel)
    if pk := courriel.contexte.get("token"):
        token = codes.renew(pk)
    else:
        token = codes.issue(utilisateur, type_token, courriel.destinataire)
    if token is None:
        return None
    courriel.contexte["token"] = token.pk
    return {"code": token.code_otp, "minutes": int(codes.LIFETIME.total_seconds() // 60)}


def _tell(holder: Utilisateur, courriel: Courriel) -> dict | None:
    """The address belongs to somebody else: they learn it, and nobody else does."""
    if not limits.allowed("courriel_compte", courriel.destinataire):
        return None
    courriel.gabarit, courriel.contexte, courriel.langue = "users/deja_inscrit", {}, holder.langue
    return deja_inscrit(courriel)
