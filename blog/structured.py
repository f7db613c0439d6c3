"""What a post says about itself to machines: schema.org BlogPosting."""

import json
from urllib.parse import urljoin

from django.conf import settings
from django.utils.safestring import mark_safe

# Inside <script>, only these can end the block or start another; JSON reads the escapes back.
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def blog_posting(post, image):
    """JSON-LD, ready to stand in `<script type="application/ld+json">`; `image` may be None."""
    address = settings.SITE_URL + post.get_absolute_url()
    posting = {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "headline": post.title,
        "description": post.excerpt,
        "url": address,
        "mainEntityOfPage": address,
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
    if image:
        posting["image"] = {
            "@type": "ImageObject",
            "url": picture_address(image),
            "width": image.width,
            "height": image.height,
        }
    return mark_safe(json.dumps(posting).translate(_ESCAPES))  # noqa: S308  escaped for a script


def picture_address(image):
    """Absolute address of a picture block, `""` without one."""
    return urljoin(settings.SITE_URL, image.file.url) if image else ""
