"""How the application is served, by `script/server` and in production alike (docs/operations.md).

Two threads a worker: more of them make Python's slow answers slower without serving more.
"""

import gc
import os
import socket
import struct

from django.conf import settings
from django.db import connections

from ecms.observing import processes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecms.settings")

bind = settings.BIND
workers = settings.WEB_WORKERS
worker_class = "gthread"
threads = settings.WEB_THREADS
preload_app = True
# A request has 30 seconds, whatever it waits for; so has a worker that is told to leave.
timeout = 30
graceful_timeout = 30
# A new worker has to learn again what the old one remembered.
max_requests = 50_000
max_requests_jitter = 5_000
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 a heartbeat file
# One line per request is written by ecms.middleware, without addresses.
accesslog = None
errorlog = "-"
loglevel = "warning"
# Between two pieces of a request, or of an answer that a client takes: then it is cut. A proxy
# that takes requests whole has better limits; without one, half a request would hold a thread
# for ever.
CLIENT_SECONDS = 10

if settings.METRICS_TOKEN:
    # Before the application is loaded: prometheus_client looks for it when it is imported.
    os.environ[processes.VARIABLE] = processes.directory(worker_tmp_dir)


def pre_fork(server, worker):
    processes.give_place(worker, server.WORKERS.values())


def post_fork(server, worker):
    """A connection that the master opened is nobody's after the fork."""
    connections.close_all()
    processes.take_place(worker)


def on_exit(server):
    if settings.METRICS_TOKEN:
        processes.forget(os.environ[processes.VARIABLE])


def when_ready(server):
    """The kernel gives what a listening socket has to each connection that it takes.

    What was loaded stays for good: looking through it for garbage would stop requests, and copy to
    each worker the memory that they share.
    """
    gc.collect()
    gc.freeze()
    for listener in server.LISTENERS:
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            listener.sock.setsockopt(
                socket.SOL_SOCKET, option, struct.pack("ll", CLIENT_SECONDS, 0)
            )
