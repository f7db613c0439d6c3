"""`/metrics`: what the site is doing, for Prometheus. No label and no value is about a person.

Each process counts the requests it answers; `deploy/gunicorn.conf.py` gives all of them one folder
(PROMETHEUS_MULTIPROC_DIR), from which whichever answers `/metrics` adds them up. What concerns the
whole site is asked from the database at that moment.
"""

import math
import os
import time

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError, connection
from django.db.models import F
from django.db.models.functions import Now
from django.db.utils import InterfaceError
from django.http import Http404, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from common.models import Heartbeat, OutboxMessage
from pledges import counting
from pledges.models import Pledge, Tally

METHODS = {"GET", "HEAD", "POST", "OPTIONS"}
REQUESTS = Counter("flexpledge_http_requests", "Requests answered", ["method", "route", "status"])
DURATION = Histogram(
    "flexpledge_http_request_duration_seconds",
    "From the first middleware to the last",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


class RequestMetricsMiddleware:
    """Counts every request by method, route and status; not used without METRICS_TOKEN.

    The route is the pattern of the address, never the address: that may hold a token.
    """

    def __init__(self, get_response):
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request):
        began = time.perf_counter()
        response = self.get_response(request)
        route = _route(request)
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(method, route, response.status_code).inc()
        DURATION.labels(route).observe(time.perf_counter() - began)
        return response


def _route(request):
    """Asked for anew where an answer came from a cache before any view was looked for."""
    try:
        return (request.resolver_match or resolve(request.path_info)).route
    except Resolver404:
        return "(none)"


@never_cache
@require_safe
def metrics(request):
    """404 unless METRICS_TOKEN is set, 401 for whoever does not bear it."""
    if not settings.METRICS_TOKEN:
        raise Http404("no METRICS_TOKEN")
    if not constant_time_compare(
        request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"
    ):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    body = generate_latest(_of_all_processes()) + generate_latest(_of_the_site())
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)


def _of_all_processes():
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


def _of_the_site():
    registry = CollectorRegistry()
    registry.register(SiteCollector())
    return registry


class SiteCollector:
    """What the database knows. While it is away, that alone is told."""

    def collect(self):
        try:
            found = list(_asked(timezone.now()))
        except (DatabaseError, InterfaceError):
            found = []
        yield GaugeMetricFamily("flexpledge_database_up", "Whether it answers", value=bool(found))
        yield from found


def _asked(now):
    yield GaugeMetricFamily(
        "flexpledge_supporters", "Confirmed and standing", value=Tally.objects.total()
    )
    yield CounterMetricFamily(
        "flexpledge_confirmations",
        "Confirmed and counted, ever: the highest supporter number",
        value=Pledge.objects.exclude(number=None)
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
        or 0,
    )
    yield GaugeMetricFamily(
        "flexpledge_count_lag_seconds",
        "Since the oldest confirmation or withdrawal that is not counted",
        value=_seconds_since(counting.oldest_waiting_at(), now),
    )
    waiting = OutboxMessage.objects.waiting()
    yield GaugeMetricFamily("flexpledge_outbox_waiting", "Mails to send", value=waiting.count())
    yield GaugeMetricFamily(
        "flexpledge_outbox_oldest_seconds",
        "Since the oldest of them was due",
        value=_seconds_since(
            waiting.order_by("due_at").values_list("due_at", flat=True).first(), now
        ),
    )
    yield GaugeMetricFamily(
        "flexpledge_outbox_failed",
        "Mails given up and kept",
        value=OutboxMessage.objects.filter(failed_at__isnull=False).count(),
    )
    heard_of = Heartbeat.objects.values_list("at", flat=True).first()
    yield GaugeMetricFamily(
        "flexpledge_worker_silent_seconds",
        "Since any worker was last heard of",
        value=_seconds_since(heard_of, now) if heard_of else math.inf,
    )
    ahead = (
        Heartbeat.objects.annotate(ahead=F("at") - Now()).values_list("ahead", flat=True).first()
    )
    yield GaugeMetricFamily(
        "flexpledge_worker_clock_ahead_seconds",
        "Of a worker's host, before that of PostgreSQL; the furthest",
        value=max(ahead.total_seconds(), 0) if ahead else 0,
    )
    yield from _connections()


def _connections():
    used = GaugeMetricFamily(
        "flexpledge_database_connections", "Of this database, by state", labels=["state"]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity
                WHERE datname = current_database() GROUP BY 1"""
        )
        for state, count in cursor.fetchall():
            used.add_metric([state], count)
        cursor.execute("SELECT current_setting('max_connections')::int")
        (most,) = cursor.fetchone()
    yield used
    yield GaugeMetricFamily("flexpledge_database_connections_max", "As configured", value=most)


def _seconds_since(moment, now):
    return max((now - moment).total_seconds(), 0) if moment else 0
