"""Tests against a campaign of a million pledges: see `rows` for what there is.

The rows are written once for all tests of this folder, in a transaction around theirs that is
rolled back in the end. So a test may change what it likes, but only its own connection sees any
of it: no threads, no live server, no `transaction=True`.
"""

from pathlib import Path

import pytest
from django.db import connection, transaction

from tests.million import rows

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.million)


@pytest.fixture(scope="package", autouse=True)
def a_million_pledges(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        with transaction.atomic():
            rows.write()
            yield
            transaction.set_rollback(True)
        with connection.cursor() as cursor:
            # They are empty, but later tests would read past a million dead rows.
            cursor.execute(f"TRUNCATE {', '.join(rows.LARGE_TABLES)} CASCADE")
