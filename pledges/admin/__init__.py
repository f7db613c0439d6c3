from pledges.admin import pledges, voices  # noqa: F401  register themselves
