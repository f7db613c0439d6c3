"""The staff login of a demonstration: a random password, kept in a file only its owner reads."""

import os
import secrets

from django.conf import settings
from django.contrib.auth import get_user_model

NAME = "staff"


def make():
    """Makes the login unless somebody of that name exists already."""
    users = get_user_model().objects
    if users.filter(username=NAME).exists():
        return
    password = _kept_password() or secrets.token_urlsafe(12)
    users.create_superuser(NAME, password=password)
    _file().parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(_file(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(f"{NAME} {password}\n")


def known():
    """Name and password, or None where there is no such login or its password was changed."""
    password = _kept_password()
    user = get_user_model().objects.filter(username=NAME).first()
    if password and user and user.check_password(password):
        return NAME, password
    return None


def _file():
    return settings.VAR_DIR / "staff-login"


def _kept_password():
    try:
        return _file().read_text(encoding="utf-8").split()[1]
    except (FileNotFoundError, IndexError):
        return None
