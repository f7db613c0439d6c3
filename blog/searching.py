"""Search in PostgreSQL: full text first, similar words where that finds nothing."""

import re

from django import forms
from django.contrib.postgres.search import (
    SearchHeadline,
    SearchQuery,
    SearchRank,
    TrigramWordSimilarity,
)
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils.html import escape, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from blog.models import SEARCH_CONFIG

# Private-use characters: no keyboard types them, and escaping leaves them alone.
_START, _STOP = "\ue000", "\ue001"
WORDS_FORGIVEN = 6
_WORD = re.compile(r"\w{3,}")


class SearchForm(forms.Form):
    q = forms.CharField(
        max_length=200,
        required=False,
        error_messages={"max_length": _("Shorten your search to 200 characters.")},
    )


def search(posts, words):
    """The `posts` that answer `words`, best first, each with a `headline` for `highlighted`.

    Takes what people type: several words, "a phrase", -without, or.
    """
    query = SearchQuery(words, search_type="websearch", config=SEARCH_CONFIG)
    found = posts.filter(search=query).annotate(
        rank=SearchRank(F("search"), query),
        headline=SearchHeadline(
            "body_text",
            query,
            config=SEARCH_CONFIG,
            start_sel=_START,
            stop_sel=_STOP,
            max_words=32,
            min_words=16,
        ),
    )
    if found.exists():
        return found.order_by("-rank", "-published_at", "-pk")
    return _similar(posts, words)


def _similar(posts, words):
    """Posts whose title or excerpt has something like every word: typing errors are forgiven.

    `%>` (trigram_word_similar) is answered by the trigram indexes, at PostgreSQL's own threshold.
    """
    likeness = Value(0.0)
    for word in _WORD.findall(words)[:WORDS_FORGIVEN]:
        posts = posts.filter(
            Q(title__trigram_word_similar=word) | Q(excerpt__trigram_word_similar=word)
        )
        likeness += Greatest(
            TrigramWordSimilarity(word, "title"), TrigramWordSimilarity(word, "excerpt")
        )
    if isinstance(likeness, Value):  # no word that could be misspelt
        return posts.none()
    posts = posts.annotate(rank=likeness, headline=F("excerpt"))
    return posts.order_by("-rank", "-published_at", "-pk")


def highlighted(headline):
    """The headline as safe HTML with <mark>: everything is escaped, then the marks are put in."""
    first, *rest = headline.split(_START)
    marked = format_html_join(
        "", "<mark>{}</mark>{}", (part.partition(_STOP)[::2] for part in rest)
    )
    return mark_safe(escape(first.replace(_STOP, "")) + marked)  # noqa: S308  both are escaped
