"""Readers find posts by words, phrases and near misses, and no query can break the page."""

import pytest
from django.urls import reverse

from tests.blog.factories import make_post

pytestmark = pytest.mark.django_db


def search(client, words):
    return client.get(reverse("blog:search"), {"q": words})


def titles(response):
    return [post.title for post in response.context["page"]]


def test_a_word_in_the_title_weighs_more_than_one_in_the_text(client):
    make_post(title="Elsewhere", text="<p>Somebody mentions balloons.</p>")
    make_post(title="Balloons", text="<p>About them.</p>")
    assert titles(search(client, "balloon")) == ["Balloons", "Elsewhere"]


def test_phrases_and_minus_are_understood(client):
    make_post(title="A", text="<p>a flexible schedule</p>")
    make_post(title="B", text="<p>a schedule, flexible</p>")
    make_post(title="C", text="<p>part-time</p>")
    assert titles(search(client, '"flexible schedule"')) == ["A"]
    assert titles(search(client, "schedule -flexible")) == []
    assert set(titles(search(client, "schedule or part-time"))) == {"A", "B", "C"}


def test_typing_errors_are_forgiven(client):
    make_post(title="Telecommuting at its best")
    make_post(title="Something else")
    assert titles(search(client, "telecomuting")) == ["Telecommuting at its best"]


def test_found_words_are_marked_and_everything_is_escaped(client):
    make_post(text="<p>We &lt;b&gt;count&lt;/b&gt; 5 &lt; 7 &amp; confirm \ue000 names.</p>")
    page = search(client, "count").text
    assert "<mark>count</mark>" in page
    assert "5 &lt; 7 &amp; confirm" in page
    assert "<b>count" not in page


def test_nothing_found_says_so_and_repeats_the_words(client):
    page = search(client, "xylophone <i>").text
    assert "Nothing found" in page
    assert "“xylophone &lt;i&gt;”" in page


def test_an_empty_search_shows_the_form_alone(client):
    response = search(client, "   ")
    assert response.status_code == 200
    assert "Nothing found" not in response.text


def test_a_search_that_is_too_long_is_refused_kindly(client):
    assert search(client, "x" * 200).status_code == 200
    response = search(client, "x" * 201)
    assert response.status_code == 422
    assert "Shorten your search to 200 characters." in response.text


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=a%00b",
        "q=%ED%A0%80",
        "q=%FF%FE",
        "q='; DROP TABLE blog_post; --",
        "q=\\",
        "q=%25%25%25",
        "q=:*",
        "q=((((",
        "q=a %26 | ! <->",
        'q="""',
        "q=-",
        "q=--a",
        "q=or or or",
        "q=the",
        "q=%F0%9F%99%82",
        "q=%E2%80%AE",
        "q=%EE%80%80%EE%80%81",
        "q[]=a",
        "q=a&q=b",
        "q=a&page=%00",
        "q=a&page=-1",
    ],
)
def test_no_query_breaks_the_page(client, query):
    make_post(title="The post", text="<p>a b</p>")
    response = client.get(f"/blog/search/?{query}")
    assert response.status_code in (200, 400, 404, 422)
