"""What can be searched of the agenda."""

from ecms.recherche import Searchable, declare
from evenements.models import Evenement

declare(Searchable("evenement", Evenement, "titre", "debut", ("lieu", "description")))
