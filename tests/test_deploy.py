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

ROOT = Path(__file__).parent.parent
GUNICORN = ROOT / "deploy/gunicorn.conf.py"


def addresses_with_a_token(patterns=None, prefix="/"):
    for pattern in patterns or get_resolver().url_patterns:
        address = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from addresses_with_a_token(pattern.url_patterns, address)
        elif "<str:token>" in address:
            yield address.replace("<str:token>", "secret")


def test_the_access_log_of_nginx_holds_no_token():
    text = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    (written,) = re.findall(r'~\^(\S+) "\$\{shown\}\.\.\.";', text)
    shown = re.compile(written.replace("(?<", "(?P<"))

    found = list(addresses_with_a_token())
    assert "/pledge/mine/secret/withdraw/" in found
    for address in found:
        assert shown.match(address), address
        assert "secret" not in shown.match(address)["shown"]


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
