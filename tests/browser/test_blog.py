"""A post with every kind of block, and the pages around it, as readers see them."""

import pytest

from blog import encoding
from tests.blog.factories import (
    add_call,
    add_image,
    add_quote,
    add_text,
    add_video,
    make_author,
    make_post,
    make_tag,
    picture,
)
from tests.browser.conftest import assert_accessible, assert_no_horizontal_scroll

pytestmark = pytest.mark.django_db(transaction=True)
SECTIONS = (
    "<h2>First</h2><p>One.</p><h2>Second</h2><ul><li>Two</li></ul><h3>Third</h3><p>Three.</p>"
)


@pytest.fixture
def pages():
    """Addresses of a long post with all blocks, of its author, topic and a search that finds it."""
    topic = make_tag(slug="ideas", description="What we think.")
    author = make_author(slug="robin", biography="Writes samples.", picture=picture())
    post = make_post(
        title="A post with everything in it, under a headline that takes two lines at least",
        text=SECTIONS,
        tags=[topic],
        author=author,
    )
    make_post(tags=[topic], title="A related post")
    add_image(post, ordering=1, file=picture(size=(1600, 900)), caption="A caption.")
    add_quote(post, "Said aloud.", attribution="Robin Example")
    add_image(post, ordering=25, file=picture(size=(640, 480)))
    add_call(post, "Come along.")
    add_video(post)
    add_text(post, "<p>The <a href='/about/'>end</a>.</p>", ordering=60)
    encoding.make_pictures()
    return [
        post.get_absolute_url(),
        "/blog/",
        "/blog/tags/ideas/",
        "/blog/authors/robin/",
        "/blog/search/?q=said",
        "/blog/search/?q=nothing+like+it",
    ]


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_pages_of_the_blog_are_accessible_and_within_the_policy(
    site,
    open_page,
    pages,
    color_scheme,
):
    for width in (1280, 390):
        page = open_page(width=width, color_scheme=color_scheme)
        for path in pages:
            page.goto(f"{site.url}{path}")
            assert_accessible(page)
            assert not page.context.cookies()


def test_no_page_of_the_blog_scrolls_sideways_on_a_small_phone(
    site,
    open_page,
    pages,
):
    page = open_page(width=320)
    for path in pages:
        page.goto(f"{site.url}{path}")
        assert_no_horizontal_scroll(page)
