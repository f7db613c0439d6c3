from pledges.admin import cleanups, pledges, voices  # noqa: F401  register themselves
