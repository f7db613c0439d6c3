"""Staff sign in, in a browser with a virtual authenticator, under the strict policy."""

import re

import pytest
from django.utils import timezone

from common import outbox
from flexpledge.staff import invitations
from tests.browser.conftest import assert_accessible, assert_no_horizontal_scroll
from tests.staff.cast import PASSWORD, a_colleague, an_app_of, an_owner, code

pytestmark = pytest.mark.django_db(transaction=True)
LINK = re.compile(r"https?://\S+/admin/account/password/choose/\S+")


@pytest.fixture(autouse=True)
def second_factor_is_asked_for(settings):
    settings.STAFF_MFA = True


@pytest.fixture
def browser_of(site, open_page):
    """A page at the login. WebAuthn works on localhost, where the test site is."""

    def browser_of(**window):
        page = open_page(**window)
        page.goto(f"{site.url}/admin/")
        return page

    return browser_of


def give_authenticator(page):
    """What a laptop with a fingerprint reader has; its owner always puts the finger there."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    added = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools, added["authenticatorId"]


def type_password(page, name="robin", password=PASSWORD):
    page.get_by_label("Login name").fill(name)
    page.get_by_label("Password:", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def type_code(page, typed):
    page.get_by_label("Code from your app").fill(typed)
    page.get_by_role("button", name="Sign in", exact=True).click()


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def follow(page, name):
    page.get_by_role("link", name=name, exact=True).click()


def heading(page, text):
    page.get_by_role("heading", level=1, name=text, exact=True).wait_for()


def add_passkey(page):
    follow(page, "Add a passkey")
    press(page, "Add it")


def keep_codes(page):
    heading(page, "Your recovery codes")
    codes = page.locator(".recovery-codes code").all_inner_texts()
    follow(page, "I have kept them")
    return codes


def log_out(page):
    press(page, "Log out")
    heading(page, "Sign in")


def assert_in(page):
    heading(page, "Site administration")


def test_a_colleague_is_invited_and_comes_in_by_passkey(browser_of, mailoutbox):
    invitations.invite("sam@example.org", ["Moderator"], actor=None, now=timezone.now())
    outbox.deliver_due(now=timezone.now())
    page = browser_of()
    give_authenticator(page)
    page.goto(LINK.search(mailoutbox[0].body)[0])
    page.get_by_label("New password:").fill(PASSWORD)
    page.get_by_label("New password confirmation").fill(PASSWORD)
    press(page, "Save and go on")
    heading(page, "Your account")
    assert page.get_by_text("Nothing else opens until then").is_visible()
    add_passkey(page)
    assert len(keep_codes(page)) == 10
    assert_in(page)
    assert page.get_by_role("link", name="Voices").first.is_visible()
    log_out(page)
    page.goto(page.url.partition("/account/")[0] + "/pledges/voice/")
    press(page, "Sign in with a passkey")
    page.wait_for_url("**/admin/pledges/voice/")


def test_a_passkey_is_renamed_by_its_owner(browser_of):
    a_colleague("robin", "Editor")
    page = browser_of()
    give_authenticator(page)
    type_password(page)
    add_passkey(page)
    keep_codes(page)
    page.goto(page.url.partition("/admin/")[0] + "/admin/account/")
    page.get_by_role("link", name="Rename").click()
    heading(page, "Rename a passkey")
    page.get_by_label("What you call it").fill("Work laptop")
    press(page, "Save")
    page.get_by_role("link", name="Remove Work laptop").wait_for()


def test_a_passkey_that_cannot_verify_anybody_is_asked_for_after_the_password(browser_of):
    a_colleague("robin", "Editor")
    page = browser_of()
    devtools, authenticator = give_authenticator(page)
    type_password(page)
    follow(page, "Add a passkey")
    page.get_by_label("Sign in with it alone").uncheck()
    page.get_by_label("What you call it").fill("Old key")
    press(page, "Add it")
    keep_codes(page)
    log_out(page)
    type_password(page)
    heading(page, "One more step")
    press(page, "Use a passkey")
    assert_in(page)
    page.goto(page.url + "account/")
    assert page.get_by_text("Old key, last used on").is_visible()
    follow(page, "Remove Old key")
    press(page, "Remove")
    heading(page, "Your account")
    assert page.get_by_text("Nothing else opens until then").is_visible()


def test_another_finger_does_not_open(browser_of):
    a_colleague("robin", "Editor")
    page = browser_of()
    devtools, authenticator = give_authenticator(page)
    type_password(page)
    add_passkey(page)
    keep_codes(page)
    log_out(page)
    devtools.send(
        "WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False}
    )
    press(page, "Sign in with a passkey")
    page.get_by_text("The passkey was not used.").wait_for()
    heading(page, "Sign in")


def test_a_passkey_of_nobody_does_not_open(browser_of):
    robin = a_colleague("robin", "Editor")
    page = browser_of()
    give_authenticator(page)
    type_password(page)
    add_passkey(page)
    keep_codes(page)
    robin.authenticator_set.all().delete()
    log_out(page)
    press(page, "Sign in with a passkey")
    page.get_by_text("Incorrect code").wait_for()
    heading(page, "Sign in")


def test_an_app_is_set_up_asked_for_and_replaced_by_a_recovery_code(browser_of):
    a_colleague("robin", "Editor")
    page = browser_of()
    type_password(page)
    follow(page, "Set up an app")
    secret = page.locator("code").inner_text()
    assert page.get_by_role("img", name="QR code").evaluate("picture => picture.naturalWidth > 0")
    page.get_by_label("six digits").fill("000000")
    press(page, "Go on")
    assert page.get_by_text("Incorrect code").is_visible()
    assert page.locator("code").inner_text() == secret
    page.get_by_label("six digits").fill(code(secret))
    press(page, "Go on")
    kept, *_ = keep_codes(page)
    assert_in(page)
    log_out(page)
    type_password(page)
    type_code(page, code(secret))
    assert_in(page)
    log_out(page)
    type_password(page)
    type_code(page, kept)
    assert_in(page)


def test_who_lost_everything_is_let_in_by_a_manager_and_starts_anew(browser_of, site):
    robin = a_colleague("robin", "Editor")
    an_app_of(robin)
    secret = an_app_of(a_colleague("mia", "Manager"))
    lost = browser_of()
    type_password(lost)
    assert lost.get_by_text("Lost your telephone and your recovery codes?").is_visible()
    mias = browser_of()
    type_password(mias, "mia")
    type_code(mias, code(secret))
    mias.goto(f"{site.url}/admin/auth/user/{robin.pk}/change/")
    mias.get_by_label("Why").fill("Telephone fell into the sea; we spoke")
    press(mias, "Reset the second factor")
    mias.get_by_text("a new second factor is set up at the next login").wait_for()
    lost.goto(f"{site.url}/admin/")
    type_password(lost)
    heading(lost, "Your account")
    assert lost.get_by_text("Nothing else opens until then").is_visible()


def test_without_javascript_an_app_is_enough(browser_of):
    secret = an_app_of(a_colleague("robin", "Editor"))
    page = browser_of(javascript=False)
    type_password(page)
    type_code(page, code(secret))
    assert_in(page)


def test_a_wrong_password_says_so_beside_what_was_typed(browser_of):
    page = browser_of()
    type_password(page, password="wrong")
    assert page.get_by_role("alert").inner_text() == (
        "Name and password do not go together. Please try again."
    )
    assert page.get_by_label("Login name").input_value() == "robin"


@pytest.mark.parametrize("window", [{"width": 1280}, {"width": 390, "color_scheme": "dark"}])
def test_pages_of_accounts_are_accessible_and_fit(browser_of, site, window):
    owner = an_owner("robin")
    secret = an_app_of(owner)
    page = browser_of(**window)

    def look(address=None):
        if address:
            page.goto(f"{site.url}/admin/{address}")
        assert_accessible(page)
        assert_no_horizontal_scroll(page)

    for address in ("account/login/", "account/password/forgotten/", "account/password/choose/x/"):
        look(address)
    page.goto(f"{site.url}/admin/")
    type_password(page)
    look()
    type_code(page, code(secret))
    for address in (
        "account/",
        "account/passkeys/add/",
        "account/app/remove/",
        "account/recovery-codes/new/",
        "account/password/change/",
        "account/prove/",
        "account/prove/code/",
        "auth/user/",
        "auth/user/add/",
        f"auth/user/{owner.pk}/change/",
    ):
        look(address)
