"""The public cache in a Redis that processes and machines share: `CACHE_URL`.

It only spares work, so that nothing may depend on it: a Redis that is away, refuses or keeps silent
costs one request some tenths of a second, and is then left alone for a while. What a Redis gives
back is believed only under our own seal, since it is unpickled.
"""

import hashlib
import hmac
import logging
import pickle
import time
from pathlib import Path

from django.conf import settings
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from django.utils.functional import cached_property
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from ecms import public_cache

logger = logging.getLogger("ecms.caches")
# Of connecting, and of each answer.
PATIENCE_SECONDS = 0.2
PAUSE_SECONDS = 5
TOLD_EVERY_SECONDS = 60
SEAL_SIZE = 16


class Breaker:
    """Whether a server is asked: for some seconds after it failed, it is not; then by one."""

    def __init__(self):
        self.failing = False
        self._asked_again = 0.0
        self._told_again = 0.0

    def call(self, function, *args, otherwise=None, **kwargs):
        """What `function` returns, or `otherwise` without an answer."""
        now = time.monotonic()
        if self.failing:
            if now < self._asked_again:
                return otherwise
            # The others go on without, while this one tries.
            self._asked_again = now + PAUSE_SECONDS
        try:
            found = function(*args, **kwargs)
        except (RedisError, OSError) as error:
            self._failed(error)
            return otherwise
        self.failing = False
        return found

    def _failed(self, error: Exception) -> None:
        now = time.monotonic()
        self.failing, self._asked_again = True, now + PAUSE_SECONDS
        if now >= self._told_again:
            self._told_again = now + TOLD_EVERY_SECONDS
            # The class alone: what a server says may hold its address and password.
            logger.error("Cache Redis : %s", type(error).__name__)


# Each thread has its own connections, all of them one experience.
breaker = Breaker()


class Sealed:
    """Pickles under a seal: a Redis is asked for nothing that others wrote, nor for what another
    version of ours, or another database, did."""

    def dumps(self, value) -> bytes:
        body = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        return self._seal(body) + body

    def loads(self, data: bytes):
        seal, body = data[:SEAL_SIZE], data[SEAL_SIZE:]
        if not hmac.compare_digest(seal, self._seal(body)):
            return None
        return pickle.loads(body)  # noqa: S301 sealed by us

    def _seal(self, body: bytes) -> bytes:
        return hashlib.blake2b(body, key=self._key, digest_size=SEAL_SIZE).digest()

    @cached_property
    def _key(self) -> bytes:
        database = settings.DATABASES["default"]
        parts = [settings.SECRET_KEY, *(str(database[name]) for name in ("HOST", "PORT", "NAME"))]
        parts.append(Path(public_cache.__file__).read_text(encoding="utf-8"))
        return hashlib.blake2b("\0".join(parts).encode(), digest_size=32).digest()


class SharedCache(RedisCache):
    """Never raises for a Redis that fails: there is nothing in it then, and nothing is kept."""

    def __init__(self, server, params):
        super().__init__(server, params)
        self._options = {
            **self._options,
            "serializer": Sealed,
            "socket_connect_timeout": PATIENCE_SECONDS,
            "socket_timeout": PATIENCE_SECONDS,
            # What fails is made without it, at once.
            "retry": Retry(NoBackoff(), 0),
        }

    def get(self, key, default=None, version=None):
        return breaker.call(super().get, key, default, version, otherwise=default)

    def get_many(self, keys, version=None):
        return breaker.call(super().get_many, keys, version, otherwise={})

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        breaker.call(super().set, key, value, timeout, version)

    def delete(self, key, version=None):
        return breaker.call(super().delete, key, version, otherwise=False)

    def clear(self):
        return breaker.call(super().clear, otherwise=False)

    def answers(self) -> bool:
        """Whether the Redis is there: for `/health/ready`."""
        return bool(breaker.call(self._cache.get_client().ping, otherwise=False))
