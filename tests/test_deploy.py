"""What stands in deploy/ fits the site."""

import logging
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import get_resolver
from gunicorn.config import Config

from pledges.badge import BadgeForm
from pledges.oembed import ConsumerForm

ROOT = Path(__file__).parent.parent
GUNICORN = ROOT / "deploy/gunicorn.conf.py"


NGINX = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")


def addresses(patterns=None, prefix="/"):
    """Every address of the site with the view behind it, as its pattern is written."""
    for pattern in patterns or get_resolver().url_patterns:
        address = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from addresses(pattern.url_patterns, address)
        else:
            yield address, pattern.callback


def addresses_with_a_token():
    for address, _view in addresses():
        if "<str:token>" in address:
            yield address.replace("<str:token>", "secret")


def is_kept_by_nginx(address):
    """Whether the location that looks up copies answers there."""
    others = re.findall(r"location ~ (\S+) \{\n +gzip off;", NGINX)
    assert len(others) == 2
    return not any(re.match(other, address) for other in others)


def test_the_access_log_of_nginx_holds_no_token():
    (written,) = re.findall(r'~\^(\S+) "\$\{shown\}\.\.\.";', NGINX)
    shown = re.compile(written.replace("(?<", "(?P<"))

    found = list(addresses_with_a_token())
    assert "/pledge/mine/secret/withdraw/" in found
    for address in found:
        assert shown.match(address), address
        assert "secret" not in shown.match(address)["shown"]


def test_nginx_keeps_no_page_of_one_person():
    private = [*addresses_with_a_token(), "/admin/", "/admin/login/", "/healthz", "/metrics"]
    assert not [address for address in private if is_kept_by_nginx(address)]
    assert is_kept_by_nginx("/")


def test_nginx_passes_on_whatever_chooses_a_page():
    passed_on = set(re.findall(r"^map \$arg_(\w+) ", NGINX, re.MULTILINE))
    asked = {*BadgeForm.base_fields, *ConsumerForm.base_fields}  # views that look for themselves
    for address, view in addresses():
        if is_kept_by_nginx(address) and (rule := getattr(view, "cached_page", None)):
            asked |= {*rule.query, *rule.uncached}
    assert passed_on == asked
    chosen = re.search(r"\$flexpledge_chosen \{\n    default (\S+);", NGINX)[1]
    assert set(re.findall(r"\$flexpledge_(\w+?)(?=\$|$)", chosen)) == asked


def test_the_log_of_gunicorn_holds_no_token(capsys):
    configuration = Config()
    configuration.set("errorlog", "-")
    logger = runpy.run_path(str(GUNICORN))["Logger"](configuration)
    try:
        for address in addresses_with_a_token():
            logger.error("Error handling request %s", address)
    finally:
        logging.getLogger("gunicorn.error").handlers.clear()

    said = capsys.readouterr().err
    assert "/pledge/mine/…" in said
    assert "secret" not in said


@pytest.mark.parametrize("workers", ["3", ""])
def test_gunicorn_takes_its_settings(workers):
    checked = subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", GUNICORN, "--print-config", "flexpledge.wsgi"],
        cwd=ROOT,
        env={"DEBUG": "true", "WEB_CONCURRENCY": workers} if workers else {"DEBUG": "true"},
        capture_output=True,
        text=True,
    )

    assert checked.returncode == 0, checked.stderr
    settings = dict(re.findall(r"^(\w+) += (.*)$", checked.stdout, re.MULTILINE))
    assert settings["control_socket_disable"] == "True"
    assert settings["accesslog"] == "None"
    assert settings["worker_class"] in (
        "gthread",
        "<class 'gunicorn.workers.gthread.ThreadWorker'>",
    )
    if workers:
        assert settings["workers"] == workers
