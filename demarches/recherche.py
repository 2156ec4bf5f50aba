"""What can be searched of the procedures."""

from demarches.models import Formulaire
from ecms.recherche import Searchable, declare

declare(Searchable("formulaire", Formulaire, "nom", "date_modification", ("description",)))
