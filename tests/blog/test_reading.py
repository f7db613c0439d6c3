"""What a post offers its readers beyond its text."""

import json
import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.urls import reverse
from PIL import Image as Pillow

from blog import encoding
from blog.models import Post
from tests.blog.factories import (
    LAUNCH,
    add_call,
    add_image,
    add_quote,
    add_video,
    make_author,
    make_post,
    make_tag,
    picture,
)
from tests.vnu import html_problems

pytestmark = pytest.mark.django_db


class Head(HTMLParser):
    """Properties and links of a page's head, as a parser finds them."""

    def __init__(self, page):
        super().__init__()
        self.properties, self.links = {}, {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "meta" and "property" in attrs:
            self.properties[attrs["property"]] = attrs["content"]
        if tag == "link":
            self.links[attrs["rel"]] = attrs["href"]


def page_of(client, post):
    return client.get(post.get_absolute_url()).text


def test_sections_of_a_long_post_have_anchors_and_a_list_of_contents(client):
    text = "".join(f"<h2>{title}</h2><p>x</p>" for title in ("One &amp; all", "Two", "Two", ""))
    post = make_post(text=text + "<h3>Below</h3>")
    page = page_of(client, post)
    for anchor in ("s-one-all", "s-two", "s-two-2", "s-below"):
        assert f'id="{anchor}"' in page
    assert '<a href="#s-one-all">One &amp; all</a>' in page
    assert '<a href="#s-two-2">Two</a>' in page
    assert '<a href="#s-below">' not in page
    assert "In this post" not in page_of(client, make_post(text="<h2>One</h2><h2>Two</h2>"))


def test_a_call_to_join_shows_the_live_count_on_the_page_and_none_in_feeds(client):
    post = make_post()
    add_call(post, "Come along.")
    assert re.search(r"Come along\..*<b>0</b> people have stepped up", page_of(client, post), re.S)
    feed = client.get(reverse("blog:feed")).text
    assert "Come along." in feed
    assert "stepped up" not in feed


def test_a_video_loads_nothing_from_elsewhere_before_the_click(client):
    post = make_post()
    video = add_video(post, url="https://www.video.example/watch?v=42", title="Moving & shaking")
    page = page_of(client, post)
    elsewhere = re.findall(
        r'<(?!a )\w+[^>]*(?:src|href|srcset)="https?://[^"]*video\.example', page
    )
    assert elsewhere == []
    assert 'href="https://www.video.example/watch?v=42"' in page
    assert "Watch “Moving &amp; shaking”" in page
    assert "opens at video.example" in page
    assert video.thumbnail.url in page


def test_related_posts_share_topics_most_of_all_first(client):
    one, two, other = make_tag(), make_tag(), make_tag()
    post = make_post(tags=[one, two], published_at=LAUNCH + timedelta(days=50))
    make_post(title="Just before", published_at=LAUNCH + timedelta(days=49))
    make_post(title="Just after", published_at=LAUNCH + timedelta(days=51))
    make_post(title="Shares one", tags=[one], published_at=LAUNCH + timedelta(days=9))
    make_post(title="Shares both", tags=[one, two], published_at=LAUNCH)
    make_post(title="Shares none", tags=[other])
    make_post(title="Hidden", tags=[one, two], status="draft")
    related = client.get(post.get_absolute_url()).context["related"]
    assert [found.title for found in related] == ["Shares both", "Shares one"]


def test_a_shared_link_shows_the_editors_card_or_a_drawn_one(client, settings):
    post = make_post(title="Standing on one beam")
    assert "img/share" in Head(page_of(client, post)).properties["og:image"]
    assert encoding.draw_cards() == 1
    assert encoding.draw_cards() == 0
    post.refresh_from_db()
    drawn = Head(page_of(client, post)).properties["og:image"]
    assert drawn == f"{settings.SITE_URL}{settings.MEDIA_URL}{post.card}"
    assert Pillow.open(f"{settings.MEDIA_ROOT}/{post.card}").size == (1200, 630)
    Post.objects.update(title="Another title")
    assert encoding.draw_cards() == 1
    post.refresh_from_db()
    assert post.card not in drawn
    post.share_picture = picture(size=(1200, 630))
    post.save()
    assert post.share_picture.url in Head(page_of(client, post)).properties["og:image"]


@pytest.mark.parametrize("title", ["x" * 200, "word " * 40, "Ünïcode — “quoted” 🙂 日本語", "i"])
def test_a_card_is_drawn_for_every_title(title):
    make_post(title=title.strip())
    assert encoding.draw_cards() == 1


def test_parsers_read_back_what_a_post_says_of_itself(client, settings):
    post = make_post(title="Ups & “downs”", excerpt="In <short>.", author=make_author(name="Robin"))
    add_image(post, file=picture(size=(1600, 900)))
    encoding.make_pictures()
    page = page_of(client, post)
    address = settings.SITE_URL + post.get_absolute_url()
    head = Head(page)
    assert head.links["canonical"] == head.properties["og:url"] == address
    assert head.properties["og:type"] == "article"
    assert head.properties["og:title"] == post.title
    assert head.properties["og:description"] == post.excerpt
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])
    assert {"@context", "@type", "headline", "image", "datePublished", "author"} <= set(data)
    assert (data["image"]["width"], data["image"]["height"]) == (1200, 675)
    assert data["image"]["url"].startswith(settings.SITE_URL)


def test_the_html_of_every_kind_of_page_is_valid(client, tmp_path):
    tag, author = make_tag(slug="ideas"), make_author(slug="robin", picture=picture())
    post = make_post(
        title="All of it & more", text="<h2>A</h2><h2>B</h2><h2>C</h2>", tags=[tag], author=author
    )
    make_post(tags=[tag])
    add_image(post, ordering=1)
    add_image(post, ordering=25)
    add_quote(post, "Said.")
    add_call(post, "Come along.")
    add_video(post)
    paths = ["/blog/", "/blog/tags/ideas/", "/blog/authors/robin/", "/blog/search/?q=said"]
    pages = {path: client.get(path).text for path in [*paths, post.get_absolute_url()]}
    encoding.make_pictures()
    pages["with all pictures made"] = page_of(client, post)
    folder = tmp_path / "pages"
    folder.mkdir()
    assert html_problems(pages, folder) == []
