from django.core.paginator import InvalidPage
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from coalition import exports, reach
from coalition.directory import Directory, UnknownFilter
from coalition.models import Member
from common.pagecache import cached_page
from common.responses import open_data

FRESH_S = 300  # seconds that caches may keep the exports


@cached_page(query=("kind", "country", "view", "page"), uncached=("q",))
@require_safe
def members(request):
    asked = request.GET
    try:
        directory = Directory(
            kind=asked.get("kind", ""),
            country=asked.get("country", ""),
            words=asked.get("q", ""),
            is_plain=asked.get("view") == "list",
        )
        page = directory.page(asked.get("page", 1))
    except (UnknownFilter, InvalidPage) as error:
        raise Http404 from error
    former = [] if directory.is_narrowed or page.has_next() else directory.former(timezone.now())
    context = {"directory": directory, "page": page, "former": former}
    return render(request, "coalition/list.html", context)


@cached_page()
@require_safe
def member(request, slug):
    member = get_object_or_404(Member.objects.with_page(timezone.now()), slug=slug)
    context = {
        "member": member,
        "people": reach.people_through(member),
        "json_ld": mark_safe(exports.json_ld(member)),  # noqa: S308  holds no markup
    }
    return render(request, "coalition/detail.html", context)


@cached_page()
@open_data(FRESH_S)
@require_safe
def members_csv(request):
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="coalition.csv"'
    exports.write_csv(response)
    return response


@cached_page()
@open_data(FRESH_S)
@require_safe
def members_json(request):
    members = list(exports.rows())
    return JsonResponse({"members": members}, json_dumps_params={"ensure_ascii": False})
