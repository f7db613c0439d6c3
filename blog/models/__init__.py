"""Posts, their blocks, authors and topics."""

from blog.models.author import Author
from blog.models.block import (
    KINDS,
    CallToAction,
    Image,
    Quote,
    RichText,
    Video,
    blocks_of,
    refresh_text,
    with_blocks,
    with_teasers,
)
from blog.models.fields import WebAddressField
from blog.models.post import SEARCH_CONFIG, FormerAddress, Post
from blog.models.tag import Tag

__all__ = [
    "KINDS",
    "SEARCH_CONFIG",
    "Author",
    "CallToAction",
    "FormerAddress",
    "Image",
    "Post",
    "Quote",
    "RichText",
    "Tag",
    "Video",
    "WebAddressField",
    "blocks_of",
    "refresh_text",
    "with_blocks",
    "with_teasers",
]
