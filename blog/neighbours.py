"""Where readers go from a post: the one before, the one after, and posts on the same topics."""

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from blog.models import Post

RELATED = 3
# Of the newest so many on the same topics, those that share most topics are shown.
CANDIDATES = 12


def around(post, now):
    """`earlier` and `later` (a post or None) and `related` (a list), in one query."""
    others = Post.objects.published(now).exclude(pk=post.pk)
    before = Q(published_at__lt=post.published_at) | Q(
        published_at=post.published_at, pk__lt=post.pk
    )
    after = Q(published_at__gt=post.published_at) | Q(
        published_at=post.published_at, pk__gt=post.pk
    )
    parts = [
        _rows("earlier", others.filter(before).newest_first()[:1], Value(0)),
        _rows("later", others.filter(after).order_by("published_at", "pk")[:1], Value(0)),
    ]
    topics = [tag.pk for tag in post.tags.all()]
    if topics:
        parts.append(_rows("related", _on_topics(others, topics), _shared(topics)))
    found = {"earlier": [], "later": [], "related": []}
    for row in parts[0].union(*parts[1:], all=True):
        found[row.place].append(row)
    shown = {row.pk for place in ("earlier", "later") for row in found[place]}
    related = [row for row in found["related"] if row.pk not in shown]
    related.sort(key=lambda row: (row.shared, row.published_at, row.pk), reverse=True)
    return {
        "earlier": next(iter(found["earlier"]), None),
        "later": next(iter(found["later"]), None),
        "related": related[:RELATED],
    }


def _rows(place, posts, shared):
    return posts.annotate(place=Value(place), shared=shared).only("title", "slug", "published_at")


def _on_topics(posts, topics):
    tagged = Post.tags.through.objects.filter(post=OuterRef("pk"), tag__in=topics)
    return posts.filter(Exists(tagged)).newest_first()[:CANDIDATES]


def _shared(topics):
    """How many of the topics a post has too."""
    tagged = Post.tags.through.objects.filter(post=OuterRef("pk"), tag__in=topics)
    count = tagged.order_by().values("post").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(count), 0, output_field=IntegerField())
