"""Public pages, kept as finished answers and handed out before anything else runs.

A view opts in, and its answer must then be the same for everybody: no cookie, no nonce, no token.

    @cached_page(query=("kind", "country"), uncached=("q",))
    def members(request): ...

Such a view sees no other query parameters than these, so that nothing else can multiply what is
kept. One page is kept for each combination of those in `query`; where one of `uncached` is given
(words to search for, keyset positions) the page is built each time.

A page older than PAGE_FRESH_S is built anew by whoever asks first; others get the old one
meanwhile, for as long again. While the database is away the last one is shown, however old. What
staff change in the admin shows at once in this process, and in others when their page has aged.
"""

from dataclasses import dataclass

from common import replica
from common.pagecache import shared
from common.pagecache.middleware import clear
from common.pagecache.shared import publish

__all__ = ["clear", "cached_page", "forget", "publish", "validated_without"]


@dataclass(frozen=True)
class Rule:
    query: tuple
    uncached: tuple
    is_shared: bool
    is_strict: bool


def forget():
    """Leaves nothing of any page, nor of anything else in the cache: somebody shall be nowhere.

    Other processes have the pages in memory until they are next asked for them.
    """
    clear()
    shared.forget()


def cached_page(*, query=(), uncached=(), is_shared=True, is_strict=False):
    """`is_shared=False` where there are more pages than the cache of all processes should hold;
    `is_strict=True` where the view itself refuses other parameters."""

    def decorate(view):
        view = replica.may_lag(view)
        view.cached_page = Rule(query, uncached, is_shared, is_strict)
        return view

    return decorate


def validated_without(response, *texts):
    """The response, whose ETag and Last-Modified do not follow these texts, as the time of day."""
    response.not_validated = texts
    return response
