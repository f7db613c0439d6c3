"""Several web processes, one sum: read from a gunicorn as it is run in production."""

import os
import signal

from prometheus_client.parser import text_string_to_metric_families

from tests.servers import Site, Web, ask, wait_until


def counted(web, route):
    text = ask(f"{web.url}/metrics", headers={"Authorization": "Bearer watchman"}).text
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "flexpledge_http_requests_total" and sample.labels["route"] == route
    )


def processes_that_counted(folder):
    return [int(name.stem.split("_")[1]) for name in folder.glob("counter_*.db")]


def test_every_process_is_in_the_sum_also_one_that_was_killed(place, running_here):
    folder = place / "metrics"
    folder.mkdir()
    site = Site(
        place / "site",
        METRICS_TOKEN="watchman",
        PROMETHEUS_MULTIPROC_DIR=str(folder),
        DATABASE_URL="postgres://nobody@127.0.0.1:1/none",
    )
    web = running_here(Web(place / "web", site))
    before, asked = counted(web, "healthz"), 0
    while len(processes_that_counted(folder)) < 2 and asked < 500:
        ask(f"{web.url}/healthz")
        asked += 1
    assert counted(web, "healthz") == before + asked

    killed = web.worker_processes()[0]
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: killed not in web.worker_processes() and len(web.worker_processes()) == 2)
    assert counted(web, "healthz") == before + asked

    web.stop()
    assert not folder.exists()
