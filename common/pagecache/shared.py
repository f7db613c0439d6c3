"""What the processes of the site tell each other about pages, through the cache of CACHE_URL."""

import hashlib
import time

from common.caching import ask

CLAIMED_S = 5  # after which a builder that was killed is no longer waited for
KEPT_S = 24 * 60 * 60
_PUBLISHED_AT = "page.published-at"
_FORM = 2  # raise it when the fields of Page change
_published_at = 0.0


def publish():
    """Has every page built anew when it is next asked for; elsewhere within PAGE_FRESH_S."""
    global _published_at
    _published_at = time.time()
    ask("set", _PUBLISHED_AT, _published_at, KEPT_S)


def forget():
    """Empties the cache, and has every page built anew."""
    ask("clear")
    publish()


def published_at():
    """When something was last published, as far as this process knows."""
    return _published_at


def get(key):
    """The page that any process built last, or None."""
    global _published_at
    found = ask("get_many", [_name(key), _PUBLISHED_AT]) or {}
    _published_at = max(_published_at, found.get(_PUBLISHED_AT, 0.0))
    return found.get(_name(key))


def put(key, page):
    ask("set", _name(key), page, KEPT_S)


def claim(key):
    """Whether this process is the one to build; also where nobody can tell."""
    return ask("add", f"{_name(key)}.claim", True, CLAIMED_S) is not False


def release(key):
    ask("delete", f"{_name(key)}.claim")


def _name(key):
    return f"page.{_FORM}.{hashlib.sha256(key.encode()).hexdigest()}"
