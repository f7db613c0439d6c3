from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from common import countries
from common.pagecache import cached_page, validated_without
from common.responses import open_data
from pledges import counting, stops
from pledges.models import SHOWS_NAME, Milestone, Tally
from pledges.wall import Wall, WallForm, country_rows

FRESH_S = 1  # seconds that caches on the way may keep the count


@cached_page(query=("country", "kind"), uncached=("q", "after"))
@require_safe
def supporters(request):
    form = WallForm(request.GET)
    if not form.is_valid():
        if {"after", "q"} & form.errors.keys():
            raise BadRequest("malformed filter")
        raise Http404
    context = {
        "form": form,
        "wall": Wall(form.cleaned_data),
        "total": Tally.objects.total(),
        "names_shown": Tally.objects.listed(kind=SHOWS_NAME),
        "country_rows": country_rows(),
    }
    response = render(request, "pledges/supporters.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


def _numbers():
    return {
        "confirmed": Tally.objects.total(),
        "goal": settings.PLEDGE_GOAL,
        **counting.confirmed_and_waiting(),
        "as_of": timezone.now().replace(microsecond=0),
    }


@cached_page()
@require_safe
def count(request):
    numbers = _numbers()
    context = {
        **numbers,
        "next_stop": stops.next_stop(numbers["confirmed"], settings.PLEDGE_GOAL),
        "countries": [
            (countries.name(code), number) for code, number in Tally.objects.by_country()
        ],
        "max_lag_s": settings.COUNT_MAX_LAG_S,
        "milestones": Milestone.objects.all(),
    }
    page = render(request, "pledges/count.html", context)
    as_of = numbers["as_of"]
    return validated_without(page, as_of.isoformat(), date_format(as_of, "DATETIME_FORMAT"))


@cached_page()
@open_data(FRESH_S)
@require_safe
def count_json(request):
    numbers = _numbers()
    numbers["as_of"] = numbers["as_of"].isoformat().replace("+00:00", "Z")
    numbers["next_stop"] = stops.next_stop(numbers["confirmed"], settings.PLEDGE_GOAL)
    return validated_without(JsonResponse(numbers), numbers["as_of"])


@cached_page()
@open_data(FRESH_S)
@require_safe
def count_txt(request):
    return HttpResponse(f"{Tally.objects.total()}\n", content_type="text/plain")
