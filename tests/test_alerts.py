"""Alert rules and dashboard ask for what the site tells, and each alert has a page that says what to do."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
RULES = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text(encoding="utf-8"))
RULES = [rule for group in RULES["groups"] for rule in group["rules"]]
DASHBOARD = json.loads((ROOT / "deploy/grafana/dashboard.json").read_text(encoding="utf-8"))
QUESTIONS = [
    *(rule["expr"] for rule in RULES),
    *(target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]),
]
ALERTS = [rule for rule in RULES if "alert" in rule]


@pytest.fixture
def told(client, settings):
    """The names of all that /metrics tells, once a page was read."""
    settings.METRICS_TOKEN = "watchman"
    settings.MIDDLEWARE = [
        "flexpledge.metrics.RequestMetricsMiddleware",
        *(one for one in settings.MIDDLEWARE if "RequestMetrics" not in one),
    ]
    client.get("/faq/")
    text = client.get("/metrics", headers={"Authorization": "Bearer watchman"}).content.decode()
    return set(re.findall(r"^(\w+)[{ ]", text, re.MULTILINE))


@pytest.mark.django_db
def test_every_question_is_about_something_that_is_told(told):
    asked = {name for text in QUESTIONS for name in re.findall(r"\bflexpledge_\w+", text)}
    assert asked
    assert asked <= told


def test_recorded_names_are_those_that_are_used():
    recorded = {rule["record"] for rule in RULES if "record" in rule}
    used = {name for text in QUESTIONS for name in re.findall(r"\bflexpledge:\w+:\w+", text)}
    assert used == recorded


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_every_alert_says_how_urgent_it_is_and_has_a_page(alert):
    assert alert["labels"]["severity"] in {"page", "ticket"}
    assert alert["annotations"]["summary"]
    page = (ROOT / f"docs/runbook/{alert['alert'].lower()}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {alert['alert']}\n")
    assert "\n## Look\n" in page
    assert "\n## Do\n" in page


def test_no_page_is_about_an_alert_that_is_gone():
    pages = {page.stem for page in (ROOT / "docs/runbook").glob("*.md")} - {"README"}
    assert pages == {alert["alert"].lower() for alert in ALERTS}


@pytest.mark.skipif(not shutil.which("promtool"), reason="needs promtool, of Prometheus")
def test_prometheus_takes_the_rules():
    checked = subprocess.run(
        ["promtool", "check", "rules", ROOT / "deploy/prometheus/alerts.yml"],
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
