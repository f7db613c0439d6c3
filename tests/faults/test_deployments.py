"""A new version comes while people read and sign, as docs/operations.md says: nobody notices."""

import re
import shutil
import threading
import time
from collections import Counter
from contextlib import contextmanager

import pytest

from tests.faults.conftest import one_of_each
from tests.servers import ask, wait_until
from tests.servers.server import PROJECT

pytestmark = pytest.mark.faults

PEOPLE = 8
REQUESTS = 1_000
PAGES = ["/", "/supporters/", "/count.json", "/coalition/", "/faq/", "/healthz"]
NOT_CODE = shutil.ignore_patterns(".*", "var", "node_modules", "__pycache__")


@pytest.fixture(scope="module")
def servers(place, running):
    """From a checkout that new versions come to. The installed packages stay the same."""
    project = shutil.copytree(PROJECT, place / "project", ignore=NOT_CODE)
    return one_of_each(place / "deployed", running, project)


@contextmanager
def people(servers):
    """Some read and some sign, without a pause, and at least REQUESTS times. Gives the statuses they
    are answered, and in the end holds what was acknowledged against the database."""
    answers, signed = [], []
    nobody_is_needed = threading.Event()

    def live(number):
        turn = 0
        while not nobody_is_needed.is_set() or len(answers) < REQUESTS:
            turn += 1
            answers.append(answer_to(PAGES[turn % len(PAGES)]))
            if turn % 3 == 0:
                address = f"person-{number}-{time.monotonic_ns()}@example.org"
                form = {"name": "Robin Example", "email": address, "country": "CA"}
                answers.append(answer := answer_to("/pledge/", form=form))
                if answer == 303:
                    signed.append(address)

    def answer_to(path, **sent):
        try:
            return ask(servers.web.url + path, **sent).status
        except Exception as error:  # noqa: BLE001  an answer like any other, and a bad one
            return repr(error)

    threads = [threading.Thread(target=live, args=(number,)) for number in range(PEOPLE)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        nobody_is_needed.set()
        for thread in threads:
            thread.join()
    stored = {address for (address,) in servers.database.query("SELECT email FROM pledges_pledge")}
    assert set(signed) <= stored


def assert_nobody_noticed(answers):
    assert len(answers) >= REQUESTS
    assert set(answers) == {200, 303}, Counter(answers)


def documented_commands():
    """Those that docs/operations.md gives for a new version, one by one."""
    text = (PROJECT / "docs/operations.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^## New version\n+```sh\n(.*?)```", text, re.MULTILINE | re.DOTALL)
    return [command for line in block.splitlines() for command in line.split(" && ")]


def publish(project, version):
    """A version whose code needs a new column: it works on no older tables."""
    model = project / "pledges/models/pledge.py"
    text = model.read_text(encoding="utf-8")
    before = "    email = models.CharField("
    assert text.count(before) == 1
    field = f"    sample_{version} = models.TextField(null=True)\n"
    model.write_text(text.replace(before, field + before), encoding="utf-8")
    folder = project / "pledges/migrations"
    last = max(folder.glob("[0-9]*.py")).stem
    (folder / f"{int(last[:4]) + 1:04}_sample_{version}.py").write_text(
        MIGRATION.format(last=last, version=version), encoding="utf-8"
    )


MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pledges", "{last}")]
    operations = [
        migrations.AddField("pledge", "sample_{version}", models.TextField(null=True)),
    ]
"""


def perform(command, servers, version):
    old = servers.web.worker_processes()
    if manage := re.fullmatch(r"\.venv/bin/python manage\.py (.+)", command):
        servers.site.manage(*manage[1].split())
    elif command == "git pull":
        publish(servers.site.project, version)
    elif command == "systemctl reload flexpledge-web":
        servers.web.reload()
        wait_until(lambda: not set(old) & set(servers.web.worker_processes()), seconds=60)
    elif command == "systemctl restart flexpledge-worker":
        servers.worker.restart()
    else:
        assert command.startswith(("cd ", ".venv/bin/pip install ")), command


def test_three_reloads_while_people_read_and_sign_fail_no_request(servers):
    with people(servers) as answers:
        for _ in range(3):
            perform("systemctl reload flexpledge-web", servers, version=None)
    assert_nobody_noticed(answers)


def test_three_deployments_with_a_migration_fail_no_request(servers):
    for version in range(1, 4):
        with people(servers) as answers:
            for command in documented_commands():
                perform(command, servers, version)
        assert_nobody_noticed(answers)
    columns = servers.database.query(
        """SELECT count(*) FROM information_schema.columns
            WHERE table_name = 'pledges_pledge' AND column_name LIKE 'sample%'"""
    )
    assert columns == [(3,)]
