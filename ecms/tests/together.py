"""What happens when several people do things at the same moment: threads and connections."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection


def together(*acts):
    """Run `acts` at once, each in a thread with a connection of its own; their results."""
    barrier = threading.Barrier(len(acts))

    def run(act):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
