"""Pages for readers. Each reads the request, asks `published(now)` and answers."""

from datetime import date

from django.conf import settings
from django.core import signing
from django.core.paginator import InvalidPage, Paginator
from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from blog import headings, neighbours, previews, searching, structured
from blog.models import Author, FormerAddress, Image, Post, Tag, blocks_of, with_teasers
from common.pagecache import cached_page

POSTS_ON_A_PAGE = 9
MONTHS_SHOWN = 12


@cached_page(query=("page",))
@require_safe
def index(request):
    now = timezone.now()
    page = _page(request, with_teasers(Post.objects.published(now)).newest_first())
    posts = list(page)
    lead = posts.pop(0) if posts and page.number == 1 else None
    context = {
        "page": page,
        "lead": lead,
        "posts": posts,
        "tags": Tag.objects.in_use(now),
        "months": _months(now),
    }
    return render(request, "blog/index.html", context)


@cached_page()
@require_safe
def post(request, year, month, slug):
    now = timezone.now()
    found = Post.objects.for_page().at(year, month, slug).first()
    if found is None:
        return _moved(now, year, month, slug)
    if found.status == Post.Status.WITHDRAWN:
        return _gone(request)
    if not found.is_live(now):
        raise Http404("not published yet")
    context = _read(found) | neighbours.around(found, now)
    image = context["lead_image"]
    context |= {
        "url": settings.SITE_URL + found.get_absolute_url(),
        "json_ld": structured.blog_posting(found, image),
        "card": structured.card(found, image),
    }
    return render(request, "blog/post.html", context)


@never_cache
@require_safe
def preview(request, token):
    try:
        key = previews.post_key(token)
    except signing.BadSignature as error:
        raise Http404("no such preview, or no longer") from error
    context = _read(get_object_or_404(Post.objects.for_page(), pk=key)) | {"is_preview": True}
    response = render(request, "blog/post.html", context)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@cached_page(query=("page",))
@require_safe
def tag(request, slug):
    now = timezone.now()
    found = get_object_or_404(Tag, slug=slug)
    posts = Post.objects.published(now).filter(tags=found)
    heading = _("Topic: %(topic)s") % {"topic": found.name}
    return _list(request, "blog/tag.html", posts, heading, current=found.name, tag=found)


@cached_page(query=("page",))
@require_safe
def author(request, slug):
    now = timezone.now()
    found = get_object_or_404(Author, slug=slug)
    posts = Post.objects.published(now).filter(author=found)
    return _list(request, "blog/author.html", posts, found.name, current=found.name, author=found)


@cached_page(query=("page",))
@require_safe
def year(request, year):
    posts = Post.objects.published(timezone.now()).filter(published_at__year=year)
    return _archive(request, posts, str(year))


@cached_page(query=("page",))
@require_safe
def month(request, year, month):
    posts = Post.objects.published(timezone.now()).filter(
        published_at__year=year, published_at__month=month
    )
    heading = date_format(date(year, month, 1), "YEAR_MONTH_FORMAT")
    return _archive(request, posts, heading, (str(year), reverse("blog:year", args=[year])))


@cached_page(uncached=("q", "page"))
@require_safe
def search(request):
    now = timezone.now()
    form = searching.SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    found = Post.objects.none()
    if words:
        found = searching.search(with_teasers(Post.objects.published(now)), words)
    page = _page(request, found)
    for result in page:
        result.highlighted = searching.highlighted(result.headline)
    context = {
        "form": form,
        "words": words,
        "page": page,
        "tags": Tag.objects.in_use(now),
        "heading": _("Search the blog"),
        "lead": _posts_found(page) if words else "",
        "links": [_blog_link()],
        "current": _("Search"),
    }
    return render(request, "blog/search.html", context, status=200 if form.is_valid() else 422)


def _page(request, posts):
    try:
        return Paginator(posts, POSTS_ON_A_PAGE).page(request.GET.get("page", 1))
    except InvalidPage as error:
        raise Http404(_("This page does not exist.")) from error


def _moved(now, year, month, slug):
    """An address a post once had leads to where it is today."""
    former = get_object_or_404(
        FormerAddress.objects.select_related("post").defer("post__search"),
        year=year,
        month=month,
        slug=slug,
    )
    if former.post.status != Post.Status.WITHDRAWN and not former.post.is_live(now):
        raise Http404("not published any more")
    answer = HttpResponsePermanentRedirect(former.post.get_absolute_url())
    # A browser that kept it would go in circles once the post has its old name again.
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _gone(request):
    return render(request, "blog/withdrawn.html", {"links": [_blog_link()]}, status=410)


def _list(request, template, posts, heading, *, current, above=(), **context):
    page = _page(request, with_teasers(posts).newest_first())
    context |= {
        "page": page,
        "heading": heading,
        "lead": _posts_found(page),
        "links": [_blog_link(), *above],
        "current": current,
    }
    return render(request, template, context)


def _archive(request, posts, heading, *above):
    if not posts.exists():
        raise Http404("nothing was published then")
    return _list(request, "blog/archive.html", posts, heading, current=heading, above=above)


def _blog_link():
    return _("Blog"), reverse("blog:index")


def _posts_found(page):
    count = page.paginator.count
    return ngettext("%(count)s post", "%(count)s posts", count) % {"count": number_format(count)}


def _months(now):
    return (
        Post.objects.published(now)
        .annotate(month=TruncMonth("published_at"))
        .values("month")
        .annotate(posts=Count("pk"))
        .order_by("-month")[:MONTHS_SHOWN]
    )


def _read(found):
    """What the page of a post shows, also in a preview. A picture at the top is shown wide."""
    blocks = blocks_of(found)
    images = [block for block in blocks if isinstance(block, Image)]
    hero = blocks.pop(0) if images and blocks[0] is images[0] else None
    topics = [(tag.name, tag.get_absolute_url()) for tag in list(found.tags.all())[:1]]
    return {
        "post": found,
        "hero": hero,
        "contents": headings.anchor(blocks),
        "blocks": blocks,
        "lead_image": images[0] if images else None,
        "links": [_blog_link(), *topics],
    }
