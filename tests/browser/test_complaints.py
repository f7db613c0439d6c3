"""The browser tests notice what they are there to notice."""

import pytest

from tests.browser.conftest import assert_accessible, assert_no_horizontal_scroll

ADDRESS = "http://site.example/"
POLICY = "default-src 'none'; img-src 'self' data:"
PAGE = '<!doctype html><html lang="en"><title>Page</title><main><h1>Page</h1>{}</main>'


def show(page, body, status=200):
    """Shows a made-up page that comes with a strict policy; everything else answers 404."""

    def answer(route):
        if route.request.url == ADDRESS:
            headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html"}
            route.fulfill(status=status, headers=headers, body=PAGE.format(body))
        else:
            route.fulfill(status=404)

    page.route("**/*", answer)
    page.goto(ADDRESS)


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize(
    "violation", ['<p style="color: red">a</p>', '<img src="http://other.example/a.png" alt="">']
)
def test_a_violation_of_the_policy_is_a_complaint(open_page, complaints, violation, javascript):
    show(open_page(javascript=javascript), violation)

    assert "Content Security Policy" in complaints[0]
    complaints.clear()


def test_an_inline_script_is_a_complaint(open_page, complaints):
    show(open_page(), "<script>1</script>")

    assert "Content Security Policy" in complaints[0]
    complaints.clear()


def test_a_script_error_is_a_complaint(open_page, complaints):
    page = open_page()
    show(page, "")
    with page.expect_event("pageerror"):
        page.evaluate("() => { setTimeout(() => { throw new Error('broken') }) }")

    assert "broken" in complaints[0]
    complaints.clear()


def test_a_missing_picture_is_a_complaint(open_page, complaints):
    show(open_page(), '<img src="/gone.png" alt="">')

    assert "404" in complaints[0]
    complaints.clear()


@pytest.mark.parametrize("status", [404, 422])
def test_a_page_that_answers_with_an_error_is_none(open_page, complaints, status):
    show(open_page(), "<p>Sorry</p>", status=status)

    assert complaints == []


def test_a_picture_without_words_is_not_accessible(open_page):
    page = open_page()
    show(page, '<img src="data:," alt="A dot">')
    assert_accessible(page)

    show(page, '<img src="data:,">')
    with pytest.raises(AssertionError, match="image-alt"):
        assert_accessible(page)


def test_a_page_wider_than_its_window_scrolls_sideways(open_page):
    page = open_page(width=320)
    show(page, "<p>Narrow</p>")
    assert_no_horizontal_scroll(page)

    show(page, f"<p>{'W' * 100}</p>")
    with pytest.raises(AssertionError, match="scrolls sideways"):
        assert_no_horizontal_scroll(page)
