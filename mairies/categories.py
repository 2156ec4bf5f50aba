"""What a problem in public space is about, and which service of a mairie therefore answers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CategorieSignalement(models.TextChoices):
    VOIRIE = "voirie", _("Voirie")
    ECLAIRAGE = "eclairage", _("Éclairage")
    PROPRETE = "proprete", _("Propreté")
    EAU = "eau", _("Eau")
    ASSAINISSEMENT = "assainissement", _("Assainissement")
    ESPACES_VERTS = "espaces_verts", _("Espaces verts")
    SECURITE = "securite", _("Sécurité")
    BRUIT = "bruit", _("Bruit")
    AUTRE = "autre", _("Autre")
