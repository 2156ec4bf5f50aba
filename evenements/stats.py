"""Public figures of the agenda."""

from ecms.stats import declare
from evenements.models import Evenement

declare("evenements", Evenement)
