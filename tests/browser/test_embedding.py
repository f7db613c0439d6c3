"""The form is signed in a frame on somebody else's page, in a browser that refuses their cookies."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from common.models import OutboxMessage
from pledges import snippets
from pledges.models import Pledge
from tests.browser.conftest import assert_accessible, assert_no_horizontal_scroll
from tests.browser.test_journey import confirm_by_mail
from tests.pledges.people import a_supporter
from tests.test_house_front_page import count_stands_at

pytestmark = pytest.mark.django_db(transaction=True)
BLOG = """<!doctype html><html lang="en"><title>A blog</title><link rel="icon" href="data:,">
<main>{}</main>"""
OTHER_SITES = ["127.0.0.1", "localhost"]  # ours is localhost: another host, and another port of it


class OtherSite(ThreadingHTTPServer):
    """Somebody else's pages, by path. Each sets a cookie."""

    def __init__(self, host):
        super().__init__((host, 0), AnyPage)
        self.pages = {}
        self.url = f"http://{host}:{self.server_port}"

    def show(self, body):
        self.pages["/"] = BLOG.format(body)


class AnyPage(BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.server.pages.get(self.path)
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Set-Cookie", "theirs=1; SameSite=None; Secure; Path=/")
        self.end_headers()
        self.wfile.write((body or "").encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def other_site():
    """`other_site(host)` starts one."""
    started = []

    def start(host="127.0.0.1"):
        server = OtherSite(host)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


def code_to_copy(page, site, which, query=""):
    page.goto(f"{site.url}/embed/code/{query}")
    return page.locator(f"#{which}-code").input_value()


def test_third_party_cookies_are_blocked_in_these_tests(open_page, other_site):
    host, guest = other_site("127.0.0.1"), other_site("localhost")
    guest.show("<p>Framed</p>")
    host.show(f'<iframe src="{guest.url}/"></iframe>')
    page = open_page()
    page.goto(host.url)
    page.frame_locator("iframe").get_by_text("Framed").wait_for()
    assert [cookie["domain"] for cookie in page.context.cookies()] == ["127.0.0.1"]


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
@pytest.mark.parametrize("host", OTHER_SITES)
def test_a_reader_signs_in_the_frame_and_is_counted(
    site,
    open_page,
    other_site,
    dev_mail,
    host,
    javascript,
):
    sam = a_supporter("sam@example.org")
    blog = other_site(host)
    page = open_page(javascript=javascript)
    cookies_set = []
    page.on(
        "response",
        lambda answer: (
            answer.url.startswith(site.url)
            and "set-cookie" in answer.headers
            and cookies_set.append(answer.url)
        ),
    )
    blog.show(code_to_copy(page, site, "frame", f"?via={sam.code}"))
    page.goto(blog.url)
    frame = page.frame_locator("iframe")
    frame.get_by_label("Your name").fill("Robin Example")
    frame.get_by_role("button", name="Add my name").click()
    frame.get_by_role("link", name="Enter your email address").wait_for()
    if javascript:
        assert_accessible(page.frames[1])
    assert frame.get_by_label("Your name").input_value() == "Robin Example"
    frame.get_by_label("Email").fill("robin@example.org")
    frame.get_by_label("Country", exact=True).select_option("CA")
    frame.get_by_role("button", name="Add my name").click()
    frame.get_by_role("heading", name="One more push: check your email").wait_for()
    if javascript:
        assert_accessible(page.frames[1])
    assert page.url.rstrip("/") == blog.url
    assert page.context.pages == [page]
    assert OutboxMessage.objects.filter(recipient="robin@example.org").count() == 1

    reader = open_page(javascript=javascript)
    confirm_by_mail(reader, site, "robin@example.org")
    reader.get_by_text("You are supporter").wait_for()
    pledge = Pledge.objects.standing().get(email="robin@example.org")
    assert pledge.referrer == sam
    assert cookies_set == []
    assert {cookie["name"] for cookie in page.context.cookies()} == {"theirs"}


def test_links_in_the_frame_open_beside_the_page(site, open_page, other_site):
    blog = other_site()
    page = open_page()
    blog.show(code_to_copy(page, site, "frame"))
    page.goto(blog.url)
    with page.expect_popup() as opened:
        page.frame_locator("iframe").get_by_role("link", name="How we treat your data").click()
    opened.value.get_by_role("heading", name="Privacy", level=1).wait_for()
    assert opened.value.evaluate("window.opener") is None
    assert page.url.rstrip("/") == blog.url


def test_every_other_page_stays_out_of_frames(site, open_page, other_site, complaints):
    own_page = a_supporter().get_absolute_url()
    blog = other_site()
    page = open_page()
    for path in ("/", "/pledge/", "/pledge/check-email/", own_page):
        blog.show(f'<iframe src="{site.url}{path}"></iframe>')
        page.goto(blog.url)
        assert page.frame_locator("iframe").locator("main").count() == 0
        assert "frame-ancestors" in complaints.pop()
        assert complaints == []


@pytest.mark.parametrize("total", [0, 1, 12_408, 1_000_000])
def test_the_form_fits_its_frame_in_columns_of_320_to_480(site, open_page, total):
    count_stands_at(total)
    page = open_page()
    for width in (320, 360, 480):
        page.set_viewport_size({"width": width, "height": snippets.FRAME_SIZE[1]})
        for path in ("/embed/", "/embed/check-email/"):
            page.goto(site.url + path)
            assert_no_horizontal_scroll(page)
            hidden = "document.documentElement.scrollHeight - innerHeight"
            assert page.evaluate(hidden) == 0, (path, width)


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_a_badge_is_chosen_looked_at_and_copied(site, open_page, javascript):
    page = open_page(javascript=javascript)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.url)
    page.goto(f"{site.url}/embed/code/")
    page.get_by_label("Colours").select_option("Dark")
    page.get_by_label("Size").select_option("Large")
    page.get_by_role("button", name="Show it").click()
    page.wait_for_url("**/embed/code/?theme=dark&size=large&show=numbers#badge")
    preview = page.get_by_alt_text("The badge as it looks now")
    box = preview.bounding_box()
    assert (box["width"], box["height"]) == (450, 96)
    code = page.locator("#badge-code").input_value()
    assert "theme=dark&amp;size=large" in code
    assert page.frame_locator("iframe").get_by_role("button", name="Add my name").is_visible()
    buttons = page.get_by_role("button", name="Copy HTML")
    if not javascript:
        assert buttons.count() == 0
        return
    assert preview.evaluate("picture => picture.complete && picture.naturalWidth") == 450
    buttons.first.click()
    page.get_by_role("status").filter(has_text="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == code


def test_the_badge_shows_on_another_site_and_leads_here(site, open_page, other_site):
    sam = a_supporter("sam@example.org")
    blog = other_site()
    page = open_page()
    blog.show(code_to_copy(page, site, "badge", f"?via={sam.code}&theme=dark"))
    page.goto(blog.url)
    picture = page.get_by_alt_text("Supporters of 1 Million for Work Flexibility")
    picture.wait_for()
    page.wait_for_load_state()
    assert picture.evaluate("picture => picture.naturalWidth") == 300
    picture.click()
    page.wait_for_url(site.url + sam.join_path)


def test_scripts_of_another_site_read_the_count_and_nothing_else(
    site, open_page, other_site, complaints
):
    a_supporter()
    blog = other_site()
    blog.show("<p>Scripts</p>")
    page = open_page()
    page.goto(blog.url)
    read = """address => fetch(address, {headers: {"X-Requested-With": "a script"}})
              .then(answer => answer.text()).catch(() => "refused")"""
    assert page.evaluate(read, f"{site.url}/count.txt") == "1\n"
    assert '"confirmed": 1' in page.evaluate(read, f"{site.url}/count.json")
    assert page.evaluate(read, f"{site.url}/badge.svg").startswith("<svg")
    assert complaints == []
    assert page.evaluate(read, f"{site.url}/supporters/") == "refused"
    assert "CORS" in complaints[0]
    complaints.clear()
