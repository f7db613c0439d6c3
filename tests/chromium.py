"""The browser of this machine, which the browser tests drive."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = f"no Chromium: CHROMIUM is unset, and none of {', '.join(NAMES)} is on PATH"


def find():
    """Where it is, or None."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def may_be_missing():
    return find() is None and os.environ.get("CI") != "true"
