"""The pages around a post: what they show, where they lead, and what they cost."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from tests.blog.factories import LAUNCH, add_image, add_quote, make_author, make_post, make_tag

pytestmark = pytest.mark.django_db


def json_ld(page):
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])


def test_the_page_of_a_post_shows_all_of_it(client):
    post = make_post(title="All of it", excerpt="In one line.", tags=[make_tag(name="Ideas")])
    add_image(post, ordering=1, alt="First", caption="Leading", credit="Ana Example")
    add_image(post, ordering=30, alt="Second", credit="Ben Example")
    add_quote(post, "Steady.", attribution="Chi Example")
    page = client.get(post.get_absolute_url()).text
    for text in ("All of it", "In one line.", "Ideas", "Leading", "Steady.", "Chi Example"):
        assert text in page
    hero, inside = page.split('<div class="prose">')
    assert 'alt="First"' in hero
    assert "Ana Example" in hero
    assert 'alt="Second"' in inside
    assert 'alt="First"' not in inside


def test_a_picture_in_the_middle_stays_there(client):
    post = make_post(text="<p>Words first.</p>")
    add_image(post, ordering=30, alt="In the middle")
    page = client.get(post.get_absolute_url()).text
    assert "hero-fig" not in page
    assert 'alt="In the middle"' in page.split('<div class="prose">')[1]


def test_pictures_keep_their_space_and_decorative_ones_say_nothing(client):
    post = make_post()
    image = add_image(post, alt="Left from before", is_decorative=True)
    page = client.get(post.get_absolute_url()).text
    assert f'width="{image.width}" height="{image.height}" alt=""' in page
    assert "Left from before" not in page


def test_a_post_describes_itself_to_machines(client, settings):
    nasty = "</script><script>alert(1)</script> & “quotes” \u2028"
    post = make_post(title=nasty, author=make_author(name="Robin Example"), tags=[make_tag()])
    image = add_image(post)
    page = client.get(post.get_absolute_url()).text
    data = json_ld(page)
    assert data["@type"] == "BlogPosting"
    assert data["headline"] == nasty
    assert data["url"] == settings.SITE_URL + post.get_absolute_url()
    assert data["datePublished"] == "2013-10-01T09:00:00+00:00"
    assert data["author"]["name"] == "Robin Example"
    assert data["image"]["url"] == settings.SITE_URL + image.file.url
    assert "<script>alert(1)" not in page
    assert f'<meta property="og:image" content="{settings.SITE_URL}{image.file.url}">' in page
    assert f'rel="canonical" href="{settings.SITE_URL}{post.get_absolute_url()}"' in page


def test_readers_walk_from_post_to_post_past_what_is_not_published(client):
    first = make_post(title="First", published_at=LAUNCH)
    make_post(title="Hidden", published_at=LAUNCH + timedelta(days=1), status="draft")
    second = make_post(title="Second", published_at=LAUNCH + timedelta(days=2))
    twin = make_post(title="Twin", published_at=second.published_at)

    def neighbours(post):
        response = client.get(post.get_absolute_url())
        return response.context["earlier"], response.context["later"]

    assert neighbours(first) == (None, second)
    assert neighbours(second) == (first, twin)
    assert neighbours(twin) == (second, None)


def test_the_index_leads_with_the_newest_and_turns_pages(client):
    for number in range(12):
        make_post(title=f"Number {number:02}", published_at=LAUNCH + timedelta(days=number))
    first = client.get(reverse("blog:index"))
    assert first.context["lead"].title == "Number 11"
    assert len(first.context["posts"]) == 8
    second = client.get(reverse("blog:index"), {"page": 2})
    assert second.context["lead"] is None
    assert [post.title for post in second.context["posts"]] == [
        "Number 02",
        "Number 01",
        "Number 00",
    ]
    assert '?page=2">' in second.text


def test_an_empty_blog_has_pages_too(client):
    for name in ("blog:index", "blog:search", "blog:feed", "blog:feed-rss"):
        assert client.get(reverse(name)).status_code == 200


def test_archives_count_and_show_their_posts(client):
    make_post(title="October one")
    make_post(title="October two", published_at=LAUNCH + timedelta(days=30, hours=14))
    make_post(title="November one", published_at=LAUNCH + timedelta(days=31))
    index = client.get(reverse("blog:index")).text
    assert re.search(r'/blog/2013/10/">October 2013</a> \(2\)', index)
    october = client.get("/blog/2013/10/").text
    assert "October one" in october
    assert "October two" in october
    assert "November one" not in october
    assert "2 posts" in october
    assert "3 posts" in client.get("/blog/2013/").text


def test_tags_and_authors_introduce_themselves(client):
    tag = make_tag(name="Ideas", slug="ideas", description="What might be.")
    author = make_author(name="Robin", slug="robin", biography="Writes & counts.")
    make_post(title="Theirs", tags=[tag], author=author)
    make_post(title="Not theirs")
    for path, text in (("/blog/tags/ideas/", "What might be."), ("/blog/authors/robin/", "Writes")):
        page = client.get(path).text
        assert text in page
        assert "Theirs" in page
        assert "Not theirs" not in page


@pytest.mark.parametrize(
    "path",
    [
        "/blog/0000/",
        "/blog/1999/",
        "/blog/9999/12/",
        "/blog/2013/00/",
        "/blog/2013/13/",
        "/blog/2013/1/",
        "/blog/13/10/",
        "/blog/2013/10/no-such/",
        "/blog/tags/none/",
        "/blog/authors/none/",
        "/blog/preview/none/",
        "/blog/?page=0",
        "/blog/?page=-1",
        "/blog/?page=99999999999999999999",
        "/blog/?page=last1",
        "/blog/?page=%F0%9F%99%82",
        "/blog/search/?q=post&page=7",
    ],
)
def test_addresses_that_lead_nowhere_answer_404(client, path):
    make_post()
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/blog/", "/blog/search/", "/blog/2013/", "/blog/2013/10/", "/blog/feed/"]
)
def test_pages_are_read_only_and_set_no_cookie(client, path):
    make_post()
    assert client.post(path).status_code == 405
    response = client.get(path)
    assert response.status_code == 200
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


QUERIES = {
    "/blog/": 6,
    "/blog/feed/": 5,
    "/blog/feed/rss/": 5,
    "/blog/2013/": 5,
    "/blog/2013/10/": 5,
    "/blog/tags/ideas/": 5,
    "/blog/authors/robin/": 5,
    "/blog/search/?q=steady": 6,
    "/blog/2013/10/the-first/": 6,
    "/sitemap.xml": 4,
}


@pytest.mark.parametrize("posts", [2, 20])
def test_queries_do_not_grow_with_the_posts(client, django_assert_max_num_queries, posts):
    tags = [make_tag(slug="ideas"), make_tag()]
    author = make_author(slug="robin")
    for number in range(posts):
        slug = "the-first" if number == 0 else f"slug-{number}"
        post = make_post(slug=slug, author=author, tags=tags, text="<p>Steady</p>")
        add_image(post)
        add_quote(post, "Steady.")
    for path, limit in QUERIES.items():
        with django_assert_max_num_queries(limit, info=path):
            assert client.get(path).status_code == 200
