"""What can be searched of the projects."""

from ecms.recherche import Searchable, declare
from projets.models import Projet

declare(Searchable("projet", Projet, "titre", "date_creation", ("lieu", "description")))
