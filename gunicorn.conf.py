"""How the application is served, by `script/server` and in production alike (docs/operations.md).

Two threads a worker: more of them make Python's slow answers slower without serving more.
"""

import os

from django.conf import settings
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecms.settings")

bind = settings.BIND
workers = settings.WEB_WORKERS
worker_class = "gthread"
threads = settings.WEB_THREADS
preload_app = True
# A request has 30 seconds, whatever it waits for; so has a worker that is told to leave.
timeout = 30
graceful_timeout = 30
max_requests = 5000
max_requests_jitter = 500
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 a heartbeat file
# One line per request is written by ecms.middleware, without addresses.
accesslog = None
errorlog = "-"
loglevel = "warning"


def post_fork(server, worker):
    """A connection that the master opened is nobody's after the fork."""
    connections.close_all()
