from ecms.settings import *  # noqa: F403
from ecms.settings import INSTALLED_APPS as ours

INSTALLED_APPS = [*ours, "faults.later"]
