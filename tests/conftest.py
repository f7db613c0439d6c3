import pytest
from django.core.cache import cache
from django.db import connection

from common import pagecache
from tests import chromium
from tests.servers.fixtures import place, running, running_here  # noqa: F401  fixtures
from tests.smtp import SMTPServer

APART = {
    "cluster": "primary and standby, PgBouncer, nginx and Redis",
    "faults": "servers that are killed, slow or full",
}


def pytest_addoption(parser):
    for name, what in APART.items():
        parser.addoption(f"--{name}", action="store_true", help=f"only the tests with {what}")
    parser.addoption("--small", action="store_true", help="fewer people and kills, as in CI")
    parser.addoption("--seeds", type=int, default=1, help="how often those that throw dice run")


def pytest_generate_tests(metafunc):
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(1, metafunc.config.getoption("--seeds") + 1))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    keep_asked(config, items)
    if chromium.may_be_missing():
        in_browser = [item for item in items if item.get_closest_marker("browser")]
        items[:] = [item for item in items if item not in in_browser]
        config.hook.pytest_deselected(items=in_browser)
    put_committing_tests_last(items)


def keep_asked(config, items):
    """Tests that start servers of their own run when asked for, and then alone."""
    asked = {name for name in APART if config.getoption(name)}
    kept = [
        one for one in items if (asked & marks(one) if asked else not APART.keys() & marks(one))
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def marks(item):
    return {marker.name for marker in item.iter_markers()}


def pytest_terminal_summary(terminalreporter):
    if chromium.may_be_missing():
        terminalreporter.write_line(f"Browser tests left out: {chromium.MISSING}")


def put_committing_tests_last(items):
    """Tests that commit come last, and find what migrations wrote (the pages staff edit).

    They leave all tables empty, and only others of their kind get the rows written again. The
    plugins shuffle tests with and without a browser; otherwise files stay together.
    """
    for item in filter(commits, items):
        wanted = getattr(item.get_closest_marker("django_db"), "kwargs", {})
        restored = {**wanted, "transaction": True, "serialized_rollback": True}
        item.add_marker(pytest.mark.django_db(**restored), append=False)
    items.sort(key=lambda item: (commits(item), item.path))


def commits(item):
    marker = item.get_closest_marker("django_db")
    fixtures = {"live_server", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(fixtures or (marker and marker.kwargs.get("transaction")))


@pytest.fixture(autouse=True)
def media_of_this_test(settings, tmp_path):
    """Uploads of one test are seen by no other."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def no_pages_of_other_tests():
    pagecache.clear()
    cache.clear()


@pytest.fixture
def smtp_server():
    """A running SMTP server of this test; see tests.smtp.SMTPServer for what it can be made do."""
    with SMTPServer() as server:
        yield server


@pytest.fixture
def mail_to_smtp(settings, smtp_server):
    """Mail leaves through `smtp_server`, as in production."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = smtp_server.host
    settings.EMAIL_PORT = smtp_server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 1  # seconds
    return smtp_server


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The audit trail cannot be emptied, and tests that commit empty every table."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE common_auditentry DISABLE TRIGGER trail_is_not_emptied")
