"""What Prometheus reads, who may read it, and that nobody is named in it."""

import math
from datetime import timedelta

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.db import OperationalError, connection
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from common import heartbeat, outbox
from flexpledge.metrics import RequestMetricsMiddleware
from pledges import counting, withdrawal
from tests.pledges.people import a_supporter

TOKEN = {"Authorization": "Bearer watchman"}


@pytest.fixture(autouse=True)
def token(settings):
    settings.METRICS_TOKEN = "watchman"
    settings.MIDDLEWARE = [
        "flexpledge.metrics.RequestMetricsMiddleware",
        *(one for one in settings.MIDDLEWARE if "RequestMetrics" not in one),
    ]


def read(client):
    """Every sample by name and labels, as Prometheus would understand it."""
    text = client.get("/metrics", headers=TOKEN).content.decode()
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def requests(samples, method, route, status):
    labels = (("method", method), ("route", route), ("status", status))
    return samples.get(("flexpledge_http_requests_total", *labels), 0)


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}])
def test_only_the_bearer_of_the_token_may_read(client, header):
    answer = client.get("/metrics", headers=header)
    assert answer.status_code == 401
    assert answer.content == b""


def test_without_a_token_there_is_nothing_to_read(client, settings):
    settings.METRICS_TOKEN = ""
    settings.MIDDLEWARE = settings.MIDDLEWARE[1:]
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.django_db
def test_requests_are_counted_by_route_and_status_and_timed(client):
    before = read(client)
    client.get("/faq/")
    client.post("/pledge/", {"name": ""})
    client.get("/no/such/page/")
    after = read(client)
    for wanted in [("GET", "faq/", "200"), ("POST", "pledge/", "422"), ("GET", "(none)", "404")]:
        assert requests(after, *wanted) == requests(before, *wanted) + 1
    timed = ("flexpledge_http_request_duration_seconds_count", ("route", "faq/"))
    assert after[timed] == before.get(timed, 0) + 1


@pytest.mark.django_db
def test_no_label_holds_a_token_or_a_name(client):
    robin = a_supporter(name="Unmistakable Robin")
    token = robin.token("mine")
    client.get(f"/pledge/mine/{token}/")
    client.generic("UNMISTAKABLE", "/")
    text = client.get("/metrics", headers=TOKEN).content.decode()
    assert 'route="pledge/mine/<str:token>/"' in text
    assert 'method="other"' in text
    assert token not in text
    assert "nmistakable" not in text
    assert "UNMISTAKABLE" not in text


@pytest.mark.django_db
def test_count_and_mail_are_told_as_the_database_knows_them(client):
    now = timezone.now()
    supporters = [
        a_supporter(f"robin-{n}@example.org", now=now - timedelta(hours=1)) for n in (1, 2, 3)
    ]
    withdrawal.withdraw(supporters[0], now=now - timedelta(seconds=40))
    outbox.put("pledge-link", "robin@example.org", now=now)
    samples = read(client)
    assert samples[("flexpledge_supporters",)] == 3
    assert samples[("flexpledge_confirmations_total",)] == 3
    assert 40 <= samples[("flexpledge_count_lag_seconds",)] < 60
    assert samples[("flexpledge_outbox_waiting",)] == 4  # with three welcomes
    assert 3600 <= samples[("flexpledge_outbox_oldest_seconds",)] < 3700
    assert samples[("flexpledge_database_up",)] == 1
    assert samples[("flexpledge_database_connections_max",)] > 1
    counting.fold_all()
    samples = read(client)
    assert samples[("flexpledge_supporters",)] == 2
    assert samples[("flexpledge_confirmations_total",)] == 3
    assert samples[("flexpledge_count_lag_seconds",)] == 0


@pytest.mark.django_db
def test_the_silence_of_all_workers_is_told(client):
    assert read(client)[("flexpledge_worker_silent_seconds",)] == math.inf
    heartbeat.beat(now=timezone.now() - timedelta(seconds=30))
    assert 30 <= read(client)[("flexpledge_worker_silent_seconds",)] < 50


@pytest.mark.django_db
def test_a_worker_whose_clock_is_ahead_is_told(client):
    heartbeat.beat(now=timezone.now())
    assert read(client)[("flexpledge_worker_clock_ahead_seconds",)] < 1
    heartbeat.beat(now=timezone.now() + timedelta(days=30))
    told = read(client)[("flexpledge_worker_clock_ahead_seconds",)]
    assert told == pytest.approx(30 * 24 * 60 * 60, abs=60)


@pytest.mark.django_db
def test_a_database_that_is_away_is_told_and_the_rest_still_counts(client):
    def is_away(execute, sql, params, many, context):
        raise OperationalError("server closed the connection")

    with connection.execute_wrapper(is_away):
        samples = read(client)
    assert samples[("flexpledge_database_up",)] == 0
    assert ("flexpledge_supporters",) not in samples
    assert any(name == "flexpledge_http_requests_total" for name, *_labels in samples)


def test_without_a_token_no_request_is_timed(settings, rf):
    settings.METRICS_TOKEN = ""
    with pytest.raises(MiddlewareNotUsed):
        RequestMetricsMiddleware(lambda request: None)
