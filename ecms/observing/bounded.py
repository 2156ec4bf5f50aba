"""To read what may hang, and go on without."""

import threading

from django.db import connections


class Bounded:
    """Calls `read` in a thread of its own and waits `seconds` for it. None when there is no answer
    in time; and as long as an earlier call hangs, without another thread."""

    def __init__(self, read, seconds: float):
        self._read, self._seconds = read, seconds
        self._free = threading.Lock()

    def __call__(self):
        if not self._free.acquire(blocking=False):
            return None
        found = []
        # No thread that the end of the process would wait for.
        thread = threading.Thread(target=self._work, args=(found,), daemon=True)
        thread.start()
        thread.join(self._seconds)
        return found[0] if found else None

    def _work(self, found: list) -> None:
        try:
            found.append(self._read())
        finally:
            connections.close_all()
            self._free.release()
