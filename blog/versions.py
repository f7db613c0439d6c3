"""Earlier versions of posts, kept by django-reversion: a post with its topics and all its blocks."""

import reversion
from django.utils.translation import gettext as _
from reversion.models import Version

from blog.models import KINDS, Post

# Follows from the rest, and is made again after restoring.
_DERIVED = ["search", "body_text", "card", "card_title"]


def register():
    for kind in KINDS:
        reversion.register(kind)
    follow = [f"blog_{kind._meta.model_name}_set" for kind in KINDS]
    reversion.register(Post, exclude=_DERIVED, follow=follow)


def keep_first(post):
    """Before the first change in the admin: what a post was that came about in another way."""
    if Version.objects.get_for_object_reference(Post, post.pk).exists():
        return
    with reversion.create_revision():
        reversion.set_comment(_("As it was before the first change here."))
        reversion.add_to_revision(post)
