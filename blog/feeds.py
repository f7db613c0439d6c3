"""Atom and RSS with the whole text, absolute addresses and conditional GET."""

import re
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.db.models import Max
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.html import escape
from django.utils.http import http_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from blog.models import Post, with_blocks, with_teasers
from common.pagecache import cached_page

POSTS_IN_A_FEED = 20
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ADDRESS = re.compile(r'(?<=\s)(href|src)="([^"]*)"')


class FullTextAtom(Atom1Feed):
    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["full_text"], {"type": "html"})


class FullTextRss(Rss201rev2Feed):
    def rss_attributes(self):
        content = "http://purl.org/rss/1.0/modules/content/"
        return super().rss_attributes() | {"xmlns:content": content}

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["full_text"])


@cached_page()
@require_safe
def atom(request):
    return _answer(FullTextAtom, reverse("blog:feed"))


@cached_page()
@require_safe
def rss(request):
    return _answer(FullTextRss, reverse("blog:feed-rss"))


def absolute(markup, base):
    """Sanitised markup whose links and pictures work outside the site."""
    return _ADDRESS.sub(lambda found: f'{found[1]}="{urljoin(base, found[2])}"', markup)


def _answer(kind, address):
    now = timezone.now()
    feed = kind(
        title=_("1 Million for Work Flexibility: the blog"),
        link=settings.SITE_URL + reverse("blog:index"),
        description=_("News, arguments and stories from the campaign."),
        language=get_language(),
        feed_url=settings.SITE_URL + address,
    )
    posts = with_teasers(Post.objects.published(now)).newest_first()[:POSTS_IN_A_FEED]
    for post, blocks in with_blocks(posts):
        _add(feed, post, blocks)
    response = HttpResponse(content_type=feed.content_type)
    feed.write(response, "utf-8")
    if changed_at := _changed_at(now):
        response.headers["Last-Modified"] = http_date(changed_at.timestamp())
    return response


def _add(feed, post, blocks):
    url = settings.SITE_URL + post.get_absolute_url()
    full_text = render_to_string("blog/_feed_item.html", {"blocks": blocks})
    feed.add_item(
        title=_xml(post.title),
        link=url,
        # Not the address: that may change, and readers would see an old post as new.
        unique_id=f"tag:{urlsplit(settings.SITE_URL).hostname},2013:blog/{post.pk}",
        unique_id_is_permalink=False,
        description=_xml(escape(post.excerpt)),
        author_name=_xml(post.author.name),
        author_link=settings.SITE_URL + post.author.get_absolute_url(),
        pubdate=post.published_at,
        updateddate=max(post.updated_at, post.published_at),
        categories=[_xml(tag.name) for tag in post.tags.all()],
        full_text=_xml(absolute(full_text, url)),
    )


def _changed_at(now):
    """When the feed last looked different. Withdrawn posts count: taking one out is a change."""
    seen = (Post.objects.published(now) | Post.objects.withdrawn()).aggregate(
        published=Max("published_at"), updated=Max("updated_at")
    )
    return max(filter(None, seen.values()), default=None)


def _xml(text):
    return _NOT_XML.sub("", text)
