"""An editor's way in a real browser, under the strict policy."""

import re

import pytest
from django.conf import settings

from blog import encoding
from blog.models import Post
from blog.samples import PICTURE
from tests.blog.factories import make_author
from tests.browser.conftest import (  # noqa: F401  fixtures
    base_url,
    browser_type_launch_args,
    complaints,
    open_page,
    site,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NEW_BLOCK = ".order-machine-insert-target.last"


def add_block(page, kind):
    page.locator(NEW_BLOCK).click()
    page.locator(".plugin-button", has_text=kind).click()


def test_an_editor_writes_in_blocks_and_a_reader_sees_them(site, open_page, admin_client):  # noqa: F811
    make_author(name="Robin Example")
    editor = open_page(height=1400)
    session = admin_client.cookies[settings.SESSION_COOKIE_NAME].value
    editor.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site.url}]
    )
    editor.goto(f"{site.url}/admin/blog/post/add/")
    editor.locator("#id_title").press_sequentially("Written in blocks")
    editor.fill("#id_excerpt", "In short.")
    editor.select_option("#id_author", label="Robin Example")
    editor.select_option("#id_status", "published")

    add_block(editor, "Text")
    editor.locator(".ProseMirror:visible").click()
    editor.keyboard.type("Some words, ")
    editor.keyboard.press("Control+b")
    editor.keyboard.type("some of them loud")
    add_block(editor, "Picture")
    editor.set_input_files("#id_blog_image_set-0-file", PICTURE)
    editor.fill("#id_blog_image_set-0-alt", "People balance")
    editor.fill("#id_blog_image_set-0-credit", "Robin Example")
    add_block(editor, "Quotation")
    editor.fill("#id_blog_quote_set-0-text", "Said aloud.")
    editor.click("[name=_continue]")
    editor.wait_for_url(re.compile("/change/"))

    post = Post.objects.get(slug="written-in-blocks")
    encoding.make_pictures()
    reader = open_page()
    reader.goto(site.url + post.get_absolute_url())
    prose = reader.locator(".prose")
    assert prose.locator("strong").inner_text() == "some of them loud"
    assert prose.locator("blockquote").inner_text() == "Said aloud."
    picture = prose.get_by_alt_text("People balance")
    picture.scroll_into_view_if_needed()
    reader.wait_for_function("image => image.naturalWidth > 0", arg=picture.element_handle())
    assert picture.evaluate("image => image.currentSrc").endswith(".avif")
