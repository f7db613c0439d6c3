"""Settings of the tests: the site's own with the defaults of `.env.example`.

What a developer's environment or `.env` says never decides whether a test passes, save for where
the database and the browser are.
"""

import os
import re
from pathlib import Path

FROM_THE_MACHINE = {"DATABASE_URL", "VAR_DIR", "LOCALPG", "PGBIN", "CHROMIUM", "VNU_JAR"}

_example = (Path(__file__).parent.parent / ".env.example").read_text(encoding="utf-8")
for name, default in re.findall(r"^# ?([A-Z_]+)=(.*)$", _example, re.MULTILINE):
    if name not in FROM_THE_MACHINE:
        os.environ[name] = default
os.environ["DEBUG"] = "true"

from flexpledge.settings import *  # noqa: E402, F403

# A browser keeps its connections open, and with them the threads of the site under test; none may
# hold on to a database that is about to be dropped.
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
# Two runs at a time, told apart by VAR_DIR, may have one server.
DATABASES["default"]["TEST"] = {"NAME": f"test_flexpledge_{VAR_DIR.name}"}  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast
# Tests read at once what they wrote; those of the page cache turn it on.
PAGE_FRESH_S = 0
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
