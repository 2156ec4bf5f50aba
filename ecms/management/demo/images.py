"""Pictures drawn for the demo: banners for its news, letters that prove who asks."""

import functools
import io
import textwrap

from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from PIL import Image, ImageDraw, ImageFont

TAILLE = (960, 400)
MARGE = 64
BLANC = "#ffffff"
PAGE = (827, 1169)  # A4 at 100 points per inch


def banniere(titre: str, signature: str, couleurs: tuple[str, str]) -> ContentFile:
    """A JPEG with `titre` over a gradient of the mairie's colours, `signature` below."""
    image = _degrade(*couleurs)
    dessin = ImageDraw.Draw(image)
    dessin.ellipse((656, -208, 1168, 304), outline=couleurs[1], width=28)
    dessin.rectangle((MARGE, 84, MARGE + 72, 92), fill=couleurs[1])
    texte = "\n".join(textwrap.wrap(titre.replace(" :", "\u00a0:"), 22))
    dessin.multiline_text((MARGE, 116), texte, fill=BLANC, font=_police(52), spacing=14)
    dessin.text((MARGE, TAILLE[1] - 64), signature, fill=BLANC, font=_police(24))
    return _fichier(image, "JPEG", "banniere.jpg", quality=90)


def lettre(*lignes: str) -> ContentFile:
    """A PDF of one page that says `lignes`."""
    image = Image.new("L", PAGE, 255)
    texte = "\n".join(ligne for source in lignes for ligne in textwrap.wrap(source, 56) or [""])
    ImageDraw.Draw(image).multiline_text((MARGE, 120), texte, fill=0, font=_police(22), spacing=14)
    return _fichier(image, "PDF", "justificatif.pdf", resolution=100)


def _degrade(debut: str, fin: str) -> Image.Image:
    """From `debut` on the left to a shade of it with `fin` on the right."""
    masque = Image.linear_gradient("L").rotate(90).resize(TAILLE).point(lambda gris: gris * 0.45)
    return Image.composite(Image.new("RGB", TAILLE, fin), Image.new("RGB", TAILLE, debut), masque)


@functools.cache
def _police(corps: int) -> ImageFont.FreeTypeFont:
    # Pillow's own font has no accents; the admin's theme brings one that has.
    return ImageFont.truetype(finders.find("unfold/fonts/inter/Inter-Bold.woff2"), corps)


def _fichier(image: Image.Image, format_image: str, nom: str, **options) -> ContentFile:
    tampon = io.BytesIO()
    image.save(tampon, format_image, **options)
    return ContentFile(tampon.getvalue(), name=nom)
