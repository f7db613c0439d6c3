from pledges.admin import blocks, cleanups, pledges, quarantine, voices  # noqa: F401  register
