"""What is installed, and what production will install."""

import re
from pathlib import Path

from django.db.backends.postgresql.psycopg_any import is_psycopg3

ROOT = Path(__file__).parent.parent


def names(requirements):
    return {
        found.lower()
        for found in re.findall(r"^([A-Za-z0-9_.-]+)", requirements, re.MULTILINE)
        if not found.startswith("-")
    }


def locked():
    return (ROOT / "requirements.lock").read_text(encoding="utf-8")


def test_django_runs_on_psycopg2():
    assert not is_psycopg3


def test_production_never_installs_psycopg_3_beside_psycopg2():
    assert "psycopg2-binary" in names(locked())
    assert not names(locked()) & {"psycopg", "psycopg-binary", "psycopg-c", "psycopg-pool"}


def test_every_requirement_of_the_site_is_locked():
    wanted = names((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    assert wanted
    assert wanted <= names(locked())


def test_every_locked_package_has_hashes():
    packages = re.split(r"^(?=[a-z0-9])", locked(), flags=re.MULTILINE)[1:]
    assert packages
    assert [package for package in packages if "--hash=sha256:" not in package] == []


def test_the_lock_names_no_address_to_install_from():
    assert "://" not in locked()
