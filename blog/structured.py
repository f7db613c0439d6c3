"""What a post says about itself to machines: schema.org BlogPosting."""

import json
from dataclasses import dataclass
from urllib.parse import urljoin

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils.safestring import mark_safe

from blog import cards

# Inside <script>, only these can end the block or start another; JSON reads the escapes back.
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@dataclass(frozen=True)
class Picture:
    """A picture for machines: an absolute address, and pixels."""

    url: str
    width: int
    height: int
    alt: str


def card(post, image):
    """What stands beside a shared link: the editor's own card, a drawn one, a picture, or None."""
    if post.share_picture:
        return _picture(post.share_picture.linked, post.title)
    if post.card and post.card_title == post.title:
        drawn = default_storage.url(post.card), cards.WIDTH, cards.HEIGHT
        return _picture(drawn, post.title)
    return _picture(image.file.linked, image.alt_text) if image else None


def blog_posting(post, image):
    """JSON-LD, ready to stand in `<script type="application/ld+json">`; `image` may be None."""
    address = settings.SITE_URL + post.get_absolute_url()
    posting = {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "headline": post.title,
        "description": post.excerpt,
        "url": address,
        "mainEntityOfPage": post.canonical_url or address,
        "datePublished": post.published_at.isoformat(),
        "dateModified": max(post.updated_at, post.published_at).isoformat(),
        "author": {
            "@type": "Person",
            "name": post.author.name,
            "url": settings.SITE_URL + post.author.get_absolute_url(),
        },
        "publisher": {
            "@type": "Organization",
            "name": "1 Million for Work Flexibility",
            "url": settings.SITE_URL + "/",
        },
        "keywords": [tag.name for tag in post.tags.all()],
        "wordCount": len(post.body_text.split()),
    }
    picture = _picture(image.file.linked, image.alt_text) if image else card(post, None)
    if picture:
        posting["image"] = {
            "@type": "ImageObject",
            "url": picture.url,
            "width": picture.width,
            "height": picture.height,
        }
    return mark_safe(json.dumps(posting).translate(_ESCAPES))  # noqa: S308  escaped for a script


def _picture(linked, alt):
    url, width, height = linked
    return Picture(urljoin(settings.SITE_URL, url), width, height, alt)
