from pledges.admin import blocks, cleanups, pledges, voices  # noqa: F401  register themselves
