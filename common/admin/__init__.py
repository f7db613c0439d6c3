from common.admin import outbox, trail  # noqa: F401  register themselves
