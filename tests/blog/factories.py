"""The smallest valid authors, posts, blocks and pictures."""

import io
import itertools
from datetime import UTC, datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Pillow

from blog.models import Author, CallToAction, Image, Post, Quote, RichText, Tag, Video

LAUNCH = datetime(2013, 10, 1, 9, tzinfo=UTC)
_number = itertools.count(1)


def make_author(**given):
    number = next(_number)
    return Author.objects.create(**{"name": f"Author {number}", "slug": f"author-{number}"} | given)


def make_tag(**given):
    number = next(_number)
    return Tag.objects.create(**{"name": f"Topic {number}", "slug": f"topic-{number}"} | given)


def make_post(*, text="", tags=(), **given):
    number = next(_number)
    defaults = {
        "title": f"Post {number}",
        "slug": f"post-{number}",
        "excerpt": "In short.",
        "status": Post.Status.PUBLISHED,
        "published_at": LAUNCH,
    }
    if "author" not in given:
        defaults["author"] = make_author()
    post = Post.objects.create(**defaults | given)
    post.tags.set(tags)
    if text:
        add_text(post, text)
    return post


def add_text(post, text, ordering=10):
    return RichText.objects.create(parent=post, region="main", ordering=ordering, text=text)


def add_quote(post, text, ordering=20, **given):
    return Quote.objects.create(parent=post, region="main", ordering=ordering, text=text, **given)


def add_image(post, ordering=30, **given):
    defaults = {"file": picture(), "alt": "People balance", "credit": "Robin Example"}
    return Image.objects.create(parent=post, region="main", ordering=ordering, **defaults | given)


def add_call(post, text="", ordering=40):
    return CallToAction.objects.create(parent=post, region="main", ordering=ordering, text=text)


def add_video(post, ordering=50, **given):
    defaults = {"url": "https://video.example/42", "title": "Moving", "thumbnail": picture()}
    return Video.objects.create(parent=post, region="main", ordering=ordering, **defaults | given)


def picture(kind="JPEG", size=(64, 36), mode="RGB", name="holiday.jpg", **options):
    """An upload as a browser sends it."""
    buffer = io.BytesIO()
    Pillow.new(mode, size).save(buffer, kind, **options)
    return SimpleUploadedFile(name, buffer.getvalue())
