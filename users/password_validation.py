"""A password that names the place is the first one that is tried."""

import re

from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _

WORDS = {"ecms", "mairie", "commune", "cameroun", "cameroon", "motdepasse", "password", "agent"}


class ContextValidator:
    """Refuses a word of the trade or the name of a mairie, with or without digits around."""

    def validate(self, password, user=None):
        letters = re.sub(r"[\d\W_]+", "", slugify(password))
        if letters in WORDS or self._is_a_mairie(password, letters):
            raise ValidationError(
                _("Ce mot de passe est trop facile à deviner ici."), code="password_context"
            )

    def get_help_text(self):
        return _("Ne prenez ni le nom de la commune ni un mot tel que « mairie ».")

    def _is_a_mairie(self, password: str, letters: str) -> bool:
        words = slugify(re.sub(r"[\d_]+", " ", password)) or letters
        mairies = apps.get_model("mairies", "Mairie").objects
        return mairies.filter(slug__in={words, letters}).exists()
