"""The cache of CACHE_URL. Where it is out of order, all goes on without, only more slowly."""

import logging
import time

from django.core.cache import cache

PAUSE_S = 5  # in which a cache that failed is not asked again
_paused_until = 0.0
logger = logging.getLogger(__name__)


def ask(operation, *arguments):
    """What the named operation of the cache returns; None where it fails.

    >>> ask("get", "a key that nobody has set")
    """
    global _paused_until
    if time.monotonic() < _paused_until:
        return None
    try:
        return getattr(cache, operation)(*arguments)
    except Exception as error:  # noqa: BLE001  each kind of cache fails in its own way
        logger.warning("Cache out of order: %s", type(error).__name__)
        _paused_until = time.monotonic() + PAUSE_S
        return None
