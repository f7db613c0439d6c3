"""Search in PostgreSQL: full text first, similar words where that finds nothing."""

from django import forms
from django.contrib.postgres.search import (
    SearchHeadline,
    SearchQuery,
    SearchRank,
    TrigramWordSimilarity,
)
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.html import escape, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from blog.models import SEARCH_CONFIG

# Private-use characters: no keyboard types them, and escaping leaves them alone.
_START, _STOP = "\ue000", "\ue001"
SIMILAR_ENOUGH = 0.45


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
    return (
        posts.annotate(
            rank=Greatest(
                TrigramWordSimilarity(words, "title"), TrigramWordSimilarity(words, "excerpt")
            ),
            headline=F("excerpt"),
        )
        .filter(rank__gte=SIMILAR_ENOUGH)
        .order_by("-rank", "-published_at", "-pk")
    )


def highlighted(headline):
    """The headline as safe HTML with <mark>: everything is escaped, then the marks are put in."""
    first, *rest = headline.split(_START)
    marked = format_html_join(
        "", "<mark>{}</mark>{}", (part.partition(_STOP)[::2] for part in rest)
    )
    return mark_safe(escape(first.replace(_STOP, "")) + marked)  # noqa: S308  both are escaped
