"""What nginx answers by itself: files, errors, limits, and nothing to who only pretends to ask."""

from tests.cluster.upstream import PUBLIC, a_fresh_site, address, nginx, upstream  # noqa: F401
