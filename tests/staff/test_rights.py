"""Who may open and post to which address of the admin, as one table."""

import copy
from itertools import groupby

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.test import Client

from flexpledge.staff import rights
from tests.staff.addresses import below_admin, concrete, one_of_each
from tests.staff.cast import a_colleague, an_owner, signed_in
from tests.staff.table import TABLE

pytestmark = pytest.mark.django_db
LOGIN = "in"  # in the table: 302 to the login
LOGINS = ("/admin/login/", "/admin/account/login/")
PEOPLE = ("stranger", "nobody", "Moderator", "Editor", "Manager", "owner")


def rows():
    """`{address: [GET by each of PEOPLE…, POST by each…]}`"""
    return {
        address.strip(): statuses.split()
        for address, _bar, statuses in (
            line.partition("|") for line in TABLE.strip().splitlines() if "|" in line
        )
    }


@pytest.fixture
def clients(settings):
    settings.STAFF_MFA = True
    colleagues = {
        "nobody": a_colleague("nobody"),
        "owner": an_owner(),
        **{group: a_colleague(group, group) for group in rights.GROUPS},
    }
    return {"stranger": Client()} | {name: signed_in(one) for name, one in colleagues.items()}


def ask(client, method, address):
    """The answer. Nothing that the request changes stays."""
    cookies = copy.deepcopy(client.cookies)
    with transaction.atomic():
        answer = getattr(client, method)(address)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def status(client, method, address):
    """What the table says for it."""
    answer = ask(client, method, address)
    is_sent_to_login = answer.status_code == 302 and answer["Location"].startswith(LOGINS)
    return LOGIN if is_sent_to_login else str(answer.status_code)


def test_every_address_of_the_admin_has_a_row():
    assert below_admin() == set(rows())


APPS = {app: list(of_app) for app, of_app in groupby(sorted(rows()), lambda a: a.split("/")[0])}


def as_text(table):
    """As in the table, for the difference that pytest shows."""
    texts = {row: [f"{status:>3}" for status in statuses] for row, statuses in table.items()}
    return "\n".join(
        f"{row:<48}| {' '.join(t[:6])}   {' '.join(t[6:])}" for row, t in texts.items()
    )


@pytest.mark.parametrize("app", APPS)
def test_each_group_gets_what_the_table_says(app, clients):
    keys = one_of_each()
    found = {}
    for row in APPS[app]:
        address = concrete(row, keys)
        found[row] = [
            status(clients[name], method, address) for method in ("get", "post") for name in PEOPLE
        ]
    assert as_text(found) == as_text({row: rows()[row] for row in APPS[app]})


def test_who_has_no_second_factor_reaches_nothing_but_setting_one_up(settings):
    settings.STAFF_MFA = True
    keys = one_of_each()
    client = signed_in(an_owner(), with_second_factor=False)
    reached = set()
    for row in rows():
        answers = [ask(client, method, concrete(row, keys)) for method in ("get", "post")]
        if [answer.get("Location") for answer in answers] != ["/admin/account/"] * 2:
            reached.add(row)
    assert reached == {
        "account/",
        "account/app/",
        "account/passkeys/add/",
        "account/prove/",
        "account/password/choose/<token>/",
        "account/logout/",
        "logout/",
    }


def test_every_action_of_a_list_names_the_right_it_needs():
    without = [
        f"{model._meta.label}: {name}"
        for model, model_admin in admin.site._registry.items()
        for function, name, _description in model_admin._get_base_actions()
        if not getattr(function, "allowed_permissions", None)
    ]
    assert without == []


def test_every_right_in_the_table_exists():
    known = {
        f"{right.content_type.app_label}.{right.codename}"
        for right in Permission.objects.select_related("content_type")
    }
    assert set().union(*rights.GROUPS.values()) <= known


def test_no_right_that_we_made_is_left_to_owners_alone():
    ours = Permission.objects.exclude(codename__regex="^(add|change|delete|view)_")
    made = {f"{right.content_type.app_label}.{right.codename}" for right in ours}
    assert made <= set().union(*rights.GROUPS.values())


@pytest.mark.parametrize("name", rights.GROUPS)
def test_a_group_has_the_rights_of_the_table_and_no_others(name):
    group = Group.objects.get(name=name)
    has = {f"{right.content_type.app_label}.{right.codename}" for right in group.permissions.all()}
    assert has == rights.GROUPS[name]


def test_migrating_takes_away_what_the_table_does_not_say_and_gives_what_it_says():
    group = Group.objects.get(name="Moderator")
    group.permissions.set([Permission.objects.get(codename="delete_member")])
    for config in apps.get_app_configs():
        rights.bring_in_line(config, using="default")
    has = {f"{right.content_type.app_label}.{right.codename}" for right in group.permissions.all()}
    assert has == rights.GROUPS["Moderator"]
