"""Beside a running browser the database behaves as in all other tests."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection


@pytest.mark.browser
@pytest.mark.django_db
def test_what_was_written_before_the_browser_started_is_seen_afterwards(request):
    Group.objects.create(name="Early")
    session = connection.connection
    request.getfixturevalue("page").goto("about:blank")

    assert connection.connection is session
    assert Group.objects.filter(name="Early").exists()


def test_a_person_in_the_browser_sees_what_the_test_wrote(site, open_page):
    Group.objects.create(name="Committed")
    page = open_page()
    page.goto(f"{site.url}/about/")

    assert page.get_by_role("heading", level=1).is_visible()
    assert Group.objects.filter(name="Committed").exists()
