"""How a letter is written out for one subscriber, and the mails around it."""

import re
from email.utils import formataddr, parseaddr
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from ecms.environment import origin_of
from ecms.mail import prepares
from ecms.models import Courriel
from evenements.mails.texte import texte_lisible
from evenements.models import AbonneNewsletter, Newsletter
from evenements.workflow import StatutAbonne

# Whoever mails on our behalf sees no secret that works.
SANS_JETON = "apercu"


def message_de(
    newsletter: Newsletter, abonne: AbonneNewsletter, *, envoi: int
) -> EmailMultiAlternatives:
    """The letter for one subscriber, in their language around what the mairie wrote.

    `envoi` is the key of the delivery: a message that goes twice has one Message-ID, by which mail
    servers know it again. The headers to leave by one click are those of RFC 2369 and RFC 8058.
    """
    texte, html = parties(newsletter, abonne.langue, abonne.jeton)
    message = EmailMultiAlternatives(
        _une_ligne(newsletter.titre),
        texte,
        _expediteur(newsletter),
        [abonne.email],
        reply_to=[newsletter.mairie.email] if newsletter.mairie.email else None,
        headers={
            "Message-ID": f"<newsletter-{newsletter.pk}.{envoi}@{_hote()}>",
            "List-Id": f"<{newsletter.mairie.slug}.newsletter.{_hote()}>",
            "List-Unsubscribe": f"<{lien_desinscription(abonne.jeton)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Precedence": "bulk",
        },
    )
    message.attach_alternative(html, "text/html")
    return message


def parties(newsletter: Newsletter, langue: str, jeton: str) -> tuple[str, str]:
    """The text and the HTML of the letter."""
    contexte = {
        "newsletter": newsletter,
        "mairie": newsletter.mairie,
        "contenu": _avec_images(newsletter.contenu),
        "texte": _texte(newsletter.contenu),
        "lien": lien_desinscription(jeton),
    }
    with override(langue):
        texte = render_to_string("evenements/mails/newsletter.txt", contexte)
        return texte.strip() + "\n", render_to_string("evenements/mails/newsletter.html", contexte)


def lien_confirmation(jeton: str) -> str:
    """The page that confirms. The secret comes after the #: no server is told, none logs it."""
    return f"{_racine()}/abonnement/#{jeton}"


def lien_desinscription(jeton: str) -> str:
    """Where one click leaves (POST), and where a page asks first (GET)."""
    return f"{settings.API_BASE_URL}/abonnes/desinscrire/{jeton}"


@prepares("evenements/abonnement")
def abonnement(courriel: Courriel) -> dict | None:
    """None once the question is answered, or the row gone."""
    rows = AbonneNewsletter.objects.select_related("mairie")
    abonne = rows.filter(pk=courriel.contexte["abonne"], statut=StatutAbonne.EN_ATTENTE).first()
    if abonne is None:
        return None
    # No name: anyone may have typed it, to have us say something to somebody.
    with override(courriel.langue):
        return {
            "mairie": abonne.mairie.nom,
            "lien": lien_confirmation(abonne.jeton),
            "lien_texte": _("Confirmer mon abonnement"),
        }


@prepares("evenements/newsletter_apercu")
def apercu(courriel: Courriel) -> dict | None:
    rows = Newsletter.objects.select_related("mairie")
    newsletter = rows.filter(pk=courriel.contexte["newsletter"]).first()
    if newsletter is None:
        return None
    texte, html = parties(newsletter, courriel.langue, SANS_JETON)
    return {
        "titre": newsletter.titre,
        "texte": texte,
        "html": html,
        "reply_to": newsletter.mairie.email,
    }


def _expediteur(newsletter: Newsletter) -> str:
    adresse = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return formataddr((_une_ligne(newsletter.mairie.nom), adresse))


def _une_ligne(texte: str) -> str:
    """For a header: a line end in a title would begin another one."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", texte).split())


def _avec_images(contenu: str) -> str:
    """A mail is not on our host: images of ours need their whole address."""
    return contenu.replace('src="/media/', f'src="{origin_of(settings.API_BASE_URL)}/media/')


@lru_cache(maxsize=32)
def _texte(contenu: str) -> str:
    return texte_lisible(contenu)


def _racine() -> str:
    return settings.API_BASE_URL.removesuffix("/api/v1")


def _hote() -> str:
    return urlsplit(settings.API_BASE_URL).hostname or "localhost"
