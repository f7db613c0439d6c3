"""An editor's way in a real browser, under the strict policy: `open_page` tells of every report."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from blog import encoding
from blog.models import Post, blocks_of
from blog.samples import PICTURE
from tests.blog.factories import make_author, make_post
from tests.browser.conftest import (  # noqa: F401  fixtures
    assert_accessible,
    assert_no_horizontal_scroll,
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


def sign_in(page, site, client):  # noqa: F811
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site.url}]
    )


def save(page):
    with page.expect_navigation(url=re.compile("/change/")):
        page.click("[name=_continue]")
    page.wait_for_selector(".messagelist .success")


@pytest.fixture
def editor(site, open_page, admin_client):  # noqa: F811
    make_author(name="Robin Example")
    page = open_page(height=1400)
    sign_in(page, site, admin_client)
    return page


def begin(editor, site, title="Written in blocks"):  # noqa: F811
    editor.goto(f"{site.url}/admin/blog/post/add/")
    editor.locator("#id_title").press_sequentially(title)
    editor.fill("#id_excerpt", "In short.")
    editor.select_option("#id_author", label="Robin Example")


def test_from_the_first_word_to_a_restored_version(site, open_page, editor):  # noqa: F811
    begin(editor, site)
    add_block(editor, "Picture")
    editor.set_input_files("#id_blog_image_set-0-file", PICTURE)
    editor.fill("#id_blog_image_set-0-alt", "People balance")
    editor.fill("#id_blog_image_set-0-credit", "Robin Example")
    add_block(editor, "Text")
    editor.locator(".ProseMirror:visible").click()
    editor.keyboard.type("Some words, ")
    editor.keyboard.press("Control+b")
    editor.keyboard.type("some of them loud")
    add_block(editor, "Quotation")
    editor.fill("#id_blog_quote_set-0-text", "Said aloud.")
    add_block(editor, "Call to join")
    editor.fill("#id_blog_calltoaction_set-0-text", "Come along.")
    save(editor)
    post = Post.objects.get(slug="written-in-blocks")

    # A preview on a second device, where nobody is signed in.
    shared = site.url + editor.get_by_role("link", name="Preview").get_attribute("href")
    device = open_page(width=390, height=844)
    device.goto(shared)
    assert device.locator(".prose strong").inner_text() == "some of them loud"
    assert device.locator(".prose blockquote").inner_text() == "Said aloud."
    assert not device.context.cookies()
    assert_accessible(device)
    assert_no_horizontal_scroll(device)

    # Scheduled: nowhere before its time, there from its time on.
    editor.select_option("#id_status", "published")
    editor.fill("#id_published_at_0", "01/03/2031")
    editor.fill("#id_published_at_1", "09:00:00")
    save(editor)
    post.refresh_from_db()
    address = site.url + post.get_absolute_url()
    assert device.goto(address).status == 404
    encoding.make_pictures()
    with time_machine.travel(datetime(2031, 3, 1, 9, 0, 1, tzinfo=UTC), tick=True):
        assert device.goto(address).status == 200
        picture = device.get_by_alt_text("People balance")
        device.wait_for_function("image => image.naturalWidth > 0", arg=picture.element_handle())
        assert picture.evaluate("image => image.currentSrc").endswith(".avif")
        assert_accessible(device)
        assert_no_horizontal_scroll(device)

    # Live; its slug changes, and the old address is followed.
    Post.objects.update(published_at=timezone.now())
    post.refresh_from_db()
    address = site.url + post.get_absolute_url()
    editor.reload()
    editor.fill("#id_slug", "another-name")
    editor.fill("#id_blog_quote_set-0-text", "Said otherwise.")
    save(editor)
    device.goto(address)
    assert device.url.endswith("/another-name/")
    assert device.locator("blockquote").inner_text() == "Said otherwise."

    # The version before that is restored.
    editor.get_by_role("link", name="History").click()
    editor.locator("#change-history tbody th a").nth(1).click()
    assert editor.input_value("#id_blog_quote_set-0-text") == "Said aloud."
    editor.click("[name=_save]")
    editor.wait_for_selector(".messagelist .success")
    Post.objects.update(published_at=post.published_at)  # the restored time lies in the future
    device.goto(f"{site.url}{post.get_absolute_url().replace(post.slug, 'another-name')}")
    assert device.url == address
    assert device.locator("blockquote").inner_text() == "Said aloud."


def test_blocks_are_added_and_moved_with_the_keyboard_alone(site, editor):  # noqa: F811
    begin(editor, site)
    for kind, field in (("Quotation", "quote"), ("Call to join", "calltoaction")):
        editor.locator(NEW_BLOCK).focus()
        editor.keyboard.press("Enter")
        editor.locator(".plugin-button", has_text=kind).focus()
        editor.keyboard.press("Enter")
        editor.locator(f"#id_blog_{field}_set-0-text").focus()
        editor.keyboard.type("Some words")
    second = editor.locator("#blog_calltoaction_set-0")
    second.get_by_role("button", name="Move up").focus()
    editor.keyboard.press("Enter")
    assert editor.locator("[data-moved]").inner_text() == "Now block 1 of 2"
    save(editor)
    kinds = [type(block).__name__ for block in blocks_of(Post.objects.get())]
    assert kinds == ["CallToAction", "Quote"]


def test_a_failed_save_keeps_the_chosen_picture_too(site, editor):  # noqa: F811
    begin(editor, site)
    add_block(editor, "Picture")
    editor.set_input_files("#id_blog_image_set-0-file", PICTURE)
    editor.fill("#id_blog_image_set-0-credit", "Robin Example")
    editor.click("[name=_continue]")
    editor.get_by_text("Describe the picture").first.wait_for()
    chosen = editor.locator("#id_blog_image_set-0-file").element_handle()
    editor.wait_for_function("input => input.files.length === 1", arg=chosen)
    editor.fill("#id_blog_image_set-0-alt", "People balance")
    save(editor)
    assert Post.objects.get().lead_image.alt == "People balance"


def test_nothing_typed_is_lost_by_an_expired_session(
    site,  # noqa: F811
    editor,
    admin_user,
    client,
):
    begin(editor, site, title="Nearly lost")
    add_block(editor, "Quotation")
    editor.fill("#id_blog_quote_set-0-text", "Typed for an hour.")
    editor.context.clear_cookies()
    editor.click("[name=_continue]")
    editor.get_by_text("You are signed out by now").wait_for()
    assert editor.input_value("#id_blog_quote_set-0-text") == "Typed for an hour."
    client.force_login(admin_user)
    sign_in(editor, site, client)
    save(editor)
    assert blocks_of(Post.objects.get())[0].text == "Typed for an hour."
    editor.goto(f"{site.url}/admin/blog/post/add/")
    assert editor.get_by_role("button", name="Bring it back").is_hidden()


def test_what_was_typed_before_the_tab_was_closed_comes_back(site, editor):  # noqa: F811
    begin(editor, site, title="Closed too soon")
    add_block(editor, "Quotation")
    editor.fill("#id_blog_quote_set-0-text", "Typed and gone.")
    editor.wait_for_timeout(1500)
    editor.goto(f"{site.url}/admin/")
    editor.goto(f"{site.url}/admin/blog/post/add/")
    assert editor.input_value("#id_title") == ""
    editor.get_by_role("button", name="Bring it back").click()
    editor.get_by_text("This is what you had typed.").wait_for()
    assert editor.input_value("#id_title") == "Closed too soon"
    assert editor.input_value("#id_blog_quote_set-0-text") == "Typed and gone."
    save(editor)
    assert blocks_of(Post.objects.get())[0].text == "Typed and gone."


def test_staffs_pages_of_the_blog_hold_to_the_policy(site, editor):  # noqa: F811
    post = make_post(text="<h2>One</h2><p>x</p>")
    for path in ("post/", f"post/{post.pk}/change/", f"post/{post.pk}/history/", "image/", "tag/"):
        editor.goto(f"{site.url}/admin/blog/{path}")
        editor.wait_for_load_state("networkidle")
