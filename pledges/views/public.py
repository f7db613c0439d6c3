from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from common.pagecache import cached_page, validated_without
from common.responses import open_data
from pledges import figures, history, recounting, stops, telling
from pledges.models import SHOWS_NAME, Milestone, Pledge, Tally
from pledges.wall import Wall, WallForm

FRESH_S = 1  # seconds that caches on the way may keep the count
LINES = 30  # of the ledger, the newest
LINES_IN_JSON = 10  # pages that are open ask for it every minute
COUNTRIES = 12  # named beside the wall
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"


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
        "country_rows": telling.standing(Tally.objects.by_country(), COUNTRIES),
    }
    response = render(request, "pledges/supporters.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@cached_page()
@require_safe
def count(request):
    now = timezone.now().replace(microsecond=0)
    shown = figures.Figures(lines=LINES)
    context = {
        "figures": shown,
        "goal": settings.PLEDGE_GOAL,
        "as_of": now,
        "next_stop": stops.next_stop(shown.confirmed, settings.PLEDGE_GOAL),
        "recount": recounting.latest(),
        "growth": history.growth(today=now.date()),
        "countries": telling.standing(Tally.objects.by_country()),
        "max_lag_s": settings.COUNT_MAX_LAG_S,
        "kept_days": settings.UNCONFIRMED_KEPT_DAYS,
        "milestones": Milestone.objects.all(),
        "licence": LICENCE,
    }
    page = render(request, "pledges/count.html", context)
    return validated_without(page, now.isoformat(), date_format(now, "DATETIME_FORMAT"))


@cached_page()
@open_data(FRESH_S)
@require_safe
def count_json(request):
    as_of = _utc(timezone.now())
    shown = figures.Figures(lines=LINES_IN_JSON)
    recount = recounting.latest()
    others = {
        state: people for state, people in shown.states.items() if state != Pledge.State.STANDING
    }
    numbers = {
        "confirmed": shown.confirmed,
        "goal": settings.PLEDGE_GOAL,
        **others,
        "signed": shown.signed,
        "as_of": as_of,
        "next_stop": stops.next_stop(shown.confirmed, settings.PLEDGE_GOAL),
        "confirmations": shown.confirmations,
        "ledger": [
            {"date": line.day, "kind": line.kind, "people": line.people, "reason": line.reason}
            for line in shown.ledger
        ],
        "recount": recount
        and {
            "at": _utc(recount.at),
            "drift": recount.difference,
            "wrong_tallies": recount.drifted,
        },
        "person": shown.person,
        "licence": LICENCE,
        "history": settings.SITE_URL + reverse("pledges:history"),
    }
    return validated_without(JsonResponse(numbers), as_of)


def _utc(moment):
    """As ISO 8601 with seconds."""
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")


@cached_page()
@open_data(FRESH_S)
@require_safe
def history_csv(request):
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Link"] = f'<{LICENCE}>; rel="license"'
    history.write_csv(response, today=timezone.now().date())
    return response


@cached_page()
@open_data(FRESH_S)
@require_safe
def count_txt(request):
    return HttpResponse(f"{Tally.objects.total()}\n", content_type="text/plain")
