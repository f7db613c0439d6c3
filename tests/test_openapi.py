"""docs/openapi.yaml says what programs may read, and the site keeps to it whatever they ask."""

from pathlib import Path

import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections
from django.urls import get_resolver
from hypothesis import HealthCheck, Phase, seed, settings

from flexpledge.wsgi import application
from tests.coalition.cast import a_member
from tests.pledges.people import a_supporter
from tests.test_house_open_data import addresses

pytestmark = pytest.mark.django_db
PATH = Path(__file__).parent.parent / "docs/openapi.yaml"
SCHEMA = schemathesis.openapi.from_path(PATH)
SCHEMA.app = application


@pytest.fixture
def campaign():
    a_supporter()
    a_member()


@pytest.fixture
def one_connection():
    """Requests see what the test wrote and has not committed, as with Django's own client."""
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    yield
    signals.request_started.connect(close_old_connections)
    signals.request_finished.connect(close_old_connections)


def is_for_programs(client, address):
    """Whether it answers with something other than a page or a way to one."""
    answer = client.get(address)
    return answer.status_code < 300 and not answer["Content-Type"].startswith("text/html")


def test_every_address_for_programs_is_described(client, campaign, settings):
    settings.METRICS_TOKEN = "watchman"
    client.defaults["HTTP_AUTHORIZATION"] = "Bearer watchman"
    found = {one for one in addresses(get_resolver().url_patterns) if is_for_programs(client, one)}
    assert "/count.json" in found
    assert found | {"/oembed"} == set(SCHEMA.raw_schema["paths"])


@pytest.mark.usefixtures("campaign", "one_connection")
@SCHEMA.parametrize()
@seed(20131001)
@settings(
    max_examples=30,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_site_answers_as_described(case):
    case.call_and_validate()
