"""`.env.example` is where an operator looks a variable up, so it must list every one."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
READS_PYTHON = re.compile(r"\benv(?:\.[a-z_]+)?\(\s*\"([A-Z][A-Z0-9_]+)\"")
READS_SHELL = re.compile(r"\(setting ([A-Z][A-Z0-9_]+)|\$\{([A-Z][A-Z0-9_]+):-")


def listed():
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    return re.findall(r"^# ([A-Z][A-Z0-9_]+)=", example, re.MULTILINE)


@pytest.mark.parametrize("file", ["flexpledge/settings.py", "deploy/gunicorn.conf.py"])
def test_every_variable_the_settings_read_is_listed(file):
    read = set(READS_PYTHON.findall((ROOT / file).read_text(encoding="utf-8")))
    assert read
    assert read - set(listed()) == set()


@pytest.mark.parametrize("script", ["server", "bootstrap"])
def test_every_variable_the_scripts_read_is_listed(script):
    text = (ROOT / "script" / script).read_text(encoding="utf-8")
    read = {name for pair in READS_SHELL.findall(text) for name in pair if name}
    assert read
    assert read - set(listed()) == set()


def test_no_variable_is_listed_twice():
    assert len(listed()) == len(set(listed()))
