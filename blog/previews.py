"""A link that shows one unpublished post to whoever holds it, for a while."""

from datetime import timedelta

from django.core import signing
from django.urls import reverse

VALID_FOR = timedelta(days=14)
_SALT = "blog.preview"


def address(post):
    return reverse("blog:preview", args=[signing.dumps(post.pk, salt=_SALT)])


def post_key(token):
    """The key of the post; raises signing.BadSignature for a forged or expired token."""
    return signing.loads(token, salt=_SALT, max_age=VALID_FOR)
