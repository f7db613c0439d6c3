"""The admin with a million pledges: no list, search or filter is felt."""

import statistics
import time

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from blog.models import Author, Image, Post, Tag
from coalition.models import Member
from common.models import AuditEntry
from pledges.models import Block, Pledge, Voice
from tests.million import plans

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15
MOST_TIMES_SLOWER = 10
# What is looked for: something rare, something that nearly every row has, and nothing at all.
SEARCHES = {
    Pledge: [
        "Zephyr.Quill+news@sought.example",
        "@sought.example",
        "sought.example",
        "example.invalid",
        "zephyr qu",
        "ana",
        "#777777",
        "777777",
        "xx23456789",
        "nobody@nowhere.example",
    ],
    AuditEntry: ["reason 77777", "reason", "colleague-7 changed", "nothing like it"],
    Member: ["sample works 4321", "works", "pat@sample-77.example", "nobody@nowhere.example"],
    Post: ["sample post 777", "sample", "nothing like it"],
    Image: ["people", "sample post 777"],
    Author: ["sample"],
    Tag: ["sample"],
    Block: ["sample"],
    get_user_model(): ["colleague-7"],
}


def address_of(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def filtered(client, model):
    """Addresses of the list with every choice of every filter, each alone."""
    page = client.get(address_of(model), {"state": "all"} if model is Voice else {})
    changelist = page.context.get("cl")  # a page of our own, as the quarantine, has none
    for spec in changelist.filter_specs if changelist else []:
        for choice in spec.choices(changelist):
            yield address_of(model) + choice["query_string"]


def searched(model):
    return [f"{address_of(model)}?q={term.replace('#', '%23').replace('+', '%2B')}"
            for term in SEARCHES.get(model, [])]  # fmt: skip


@pytest.fixture
def addresses(admin_client):
    """Every list of the admin, as it opens, filtered and searched."""
    found = {}
    for model in admin.site._registry:
        for address in (address_of(model), *filtered(admin_client, model), *searched(model)):
            found[address] = model
    return found


def test_every_search_of_the_admin_is_tried_here():
    has_search = {model for model, one in admin.site._registry.items() if one.search_fields}
    assert has_search == set(SEARCHES)


def test_every_list_search_and_filter_is_quick(admin_client, addresses):
    suspects = [one for one in addresses if times_slower(admin_client, one, 3) > MOST_TIMES_SLOWER]
    slow = {address: times_slower(admin_client, address, 15) for address in suspects}
    assert {address: times for address, times in slow.items() if times > MOST_TIMES_SLOWER} == {}


def test_no_list_search_or_filter_asks_many_queries(admin_client, addresses):
    asked = {}
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            assert admin_client.get(address).status_code == 200
        asked[address] = len(queries)
    assert {address: many for address, many in asked.items() if many > MOST_QUERIES} == {}


def times_slower(client, address, rounds):
    """How many times longer it takes than a list without any rows: medians of so many rounds."""
    assert not Image.objects.exists()
    took, empty_took = [], []
    for _ in range(rounds):
        took.append(seconds(client, address))
        empty_took.append(seconds(client, address_of(Image)))
    return statistics.median(took) / statistics.median(empty_took)


def seconds(client, address):
    start = time.perf_counter()
    assert client.get(address).status_code == 200, address
    return time.perf_counter() - start


@pytest.mark.parametrize("model", SEARCHES, ids=lambda model: model.__name__)
def test_every_search_is_answered_from_an_index(admin_client, model):
    for address in searched(model):
        for statement in plans.asked(lambda address=address: admin_client.get(address)):
            assert plans.tables_read_whole(statement) == set(), statement
