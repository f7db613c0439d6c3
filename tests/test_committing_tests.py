"""Tests that commit leave the next ones what migrations wrote."""

import pytest
from django.contrib.flatpages.models import FlatPage


@pytest.mark.parametrize("turn", ["first", "second"])
@pytest.mark.django_db(transaction=True)
def test_pages_of_the_migrations_are_there_in_tests_that_commit(turn):
    assert FlatPage.objects.filter(url="/about/").exists()
    FlatPage.objects.all().delete()
