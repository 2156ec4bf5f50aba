"""ecms.settings, with a task queue that counts in seconds what is minutes in production."""

from ecms.settings import *  # noqa: F403
from ecms.settings import Q_CLUSTER as SHIPPED

Q_CLUSTER = {**SHIPPED, "timeout": 2, "retry": 3, "max_attempts": 2}
