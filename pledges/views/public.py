from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import conditional_page, require_safe

from common import countries
from common.responses import open_data
from pledges import counting, stops
from pledges.models import SHOWS_NAME, Milestone, Tally
from pledges.wall import Wall, WallForm, country_rows

FRESH_S = 2  # seconds that caches may keep the count


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
    return render(request, "pledges/count.html", context)


@open_data(FRESH_S)
@require_safe
def count_json(request):
    numbers = _numbers()
    numbers["as_of"] = numbers["as_of"].isoformat().replace("+00:00", "Z")
    numbers["next_stop"] = stops.next_stop(numbers["confirmed"], settings.PLEDGE_GOAL)
    return JsonResponse(numbers)


@open_data(FRESH_S)
@conditional_page
@require_safe
def count_txt(request):
    return HttpResponse(f"{Tally.objects.total()}\n", content_type="text/plain")
