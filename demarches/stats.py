"""Public figures of the procedures."""

from demarches.models import Formulaire
from ecms.stats import declare

declare("formulaires", Formulaire)
