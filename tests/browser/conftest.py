"""Journeys in a real browser: the Chromium of the system, driven by Playwright."""

import os
import threading

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.db import connections

from tests import chromium

# Playwright's synchronous interface keeps an event loop running in the thread of the tests. Beside
# one, Django refuses to query, and asgiref's Local hands out other connections than before, so that
# tests would look past their own transaction and keep the database from being dropped.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
connections._connections = threading.local()


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser_type_launch_args" in item.fixturenames:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    path = chromium.find()
    if path is None:
        pytest.fail(chromium.MISSING)
    args = ["--test-third-party-cookie-phaseout"]  # as ever more browsers do by themselves
    if os.geteuid() == 0:
        args.append("--no-sandbox")
    return {**browser_type_launch_args, "executable_path": path, "args": args}


@pytest.fixture(scope="session")
def base_url():
    """Stands in for the one of pytest-playwright, whose form pytest 9 warns of."""
    return None


@pytest.fixture
def site(live_server, settings):
    """The running site; links in its mails lead back to it."""
    settings.SITE_URL = live_server.url
    return live_server


@pytest.fixture
def dev_mail(settings, tmp_path):
    """Mail is written to files, to be read on /dev/mail/."""
    settings.DEBUG = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"


def without_fragment(address):
    return address.partition("#")[0]


class Complaints(list):
    """What the browser held against the pages of a test: script errors, policy violations,
    missing files. A test that expects one empties the list."""

    def watch(self, page):
        refused_pages = set()

        def note_answer(response):
            if response.request.is_navigation_request() and response.status >= 400:
                refused_pages.add(without_fragment(response.url))

        def note_console(message):
            # A page that answers 404 or 422 is for the test to judge, not an error in the page.
            if (
                message.type == "error"
                and without_fragment(message.location["url"]) not in refused_pages
            ):
                self.append(f"{page.url}: {message.text}")

        page.on("response", note_answer)
        page.on("console", note_console)
        page.on("pageerror", lambda error: self.append(f"{page.url}: {error}"))


@pytest.fixture
def complaints():
    complaints = Complaints()
    yield complaints
    assert not complaints


@pytest.fixture
def open_page(new_context, complaints):
    """Opens a page in a context of its own, as another person's browser would.

    `open_page(width=390, color_scheme="dark", javascript=False)`
    """

    def open_page(width=1280, height=900, color_scheme="light", javascript=True):
        context = new_context(
            viewport={"width": width, "height": height},
            color_scheme=color_scheme,
            java_script_enabled=javascript,
            reduced_motion="reduce",
            locale="en-GB",
        )
        context.set_default_timeout(10_000)  # milliseconds
        page = context.new_page()
        complaints.watch(page)
        return page

    return open_page


@pytest.fixture
def staff_page(site, open_page, admin_client):
    """Opens a page in which a superuser is signed in."""

    def staff_page(**window):
        page = open_page(**window)
        name = settings.SESSION_COOKIE_NAME
        session = {"name": name, "value": admin_client.cookies[name].value, "url": site.url}
        page.context.add_cookies([session])
        return page

    return staff_page


def assert_accessible(page):
    """No axe violation on the page as it is shown now."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    # Without preloading: for a style sheet that imports another, axe sets a style, which the policy
    # refuses. No rule that is on needs it.
    found = page.evaluate(
        """() => axe.run({resultTypes: ["violations"], preload: false}).then(
            results => results.violations.flatMap(
                rule => rule.nodes.map(node => `${rule.id}: ${rule.help}: ${node.html}`)))"""
    )
    assert found == [], page.url


def assert_no_horizontal_scroll(page):
    wider_by, too_wide = page.evaluate(
        """() => {
            const root = document.documentElement;
            const too_wide = [...document.querySelectorAll("body *")]
                .filter(one => one.getBoundingClientRect().right > root.clientWidth + 1);
            return [root.scrollWidth - root.clientWidth,
                    too_wide.map(one => one.outerHTML.slice(0, 120))];
        }"""
    )
    assert wider_by <= 0, f"{page.url} scrolls sideways by {wider_by} px: {too_wide}"
