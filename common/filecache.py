"""The cache of a site on one machine: files that its processes share."""

import fcntl
import os

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache


class FileCache(FileBasedCache):
    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        """True for one of several who add at once; Django's own may say so to all of them."""
        self._createdir()
        with open(os.path.join(self._dir, "lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return super().add(key, value, timeout, version)
