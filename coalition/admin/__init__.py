"""Where staff decide: a queue, oldest first, and one page with all that a decision needs."""

from coalition.admin import members, reasons, revisions  # noqa: F401  register themselves
