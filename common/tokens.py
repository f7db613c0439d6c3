"""Tokens for links in mails: who it is about, and a keyed proof of what it may do.

A token is the public code of a row followed by 144 bits of HMAC-SHA256 over purpose, code and
epoch. Nothing of it is stored, so a copy of the database holds no working link; raising the
row's epoch ends every token made before.
"""

import base64
import secrets

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

CODE_LENGTH = 10
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else
_PROOF_BYTES = 18


def new_code():
    """A public code of ten characters (about 50 bits): unique by the caller's constraint."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def looks_like_code(text):
    """Whether this could be a code at all; says nothing about whether it is anybody's."""
    return len(text) == CODE_LENGTH and set(text) <= set(ALPHABET)


def make(purpose, code, epoch=0):
    """The token that allows `purpose` on the row with this code, until its epoch changes."""
    return code + _proof(purpose, code, epoch, settings.SECRET_KEY)


def code_of(token):
    """The code a token claims to be about; only `matches` says whether the claim is true."""
    return token[:CODE_LENGTH]


def matches(token, purpose, code, epoch=0):
    """Whether the token was made for just this purpose, code and epoch. In constant time."""
    return any(
        constant_time_compare(token, code + _proof(purpose, code, epoch, key))
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )


def _proof(purpose, code, epoch, key):
    digest = salted_hmac(
        f"token.{purpose}", f"{code}.{epoch}", secret=key, algorithm="sha256"
    ).digest()
    return base64.urlsafe_b64encode(digest[:_PROOF_BYTES]).decode()
