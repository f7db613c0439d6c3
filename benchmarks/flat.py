"""Is everything as quick with very many pledges as with few?

    python -m benchmarks.flat [--many 10000000]

Whole requests in this process, built each time (nothing is kept), against two databases in turns.
"""

import argparse
import os
import statistics
import sys
import time

from benchmarks.stand import a_stand
from benchmarks.table import Row, show

FEW = 10_000
ROUNDS = 7
REQUESTS = 15  # a round, of each act and size
PAGES = {
    "home": "/",
    "supporters": "/supporters/",
    "supporters of a country": "/supporters/?country=US&kind=remote",
    "supporters by words": "/supporters/?q=Robin+Example",
    "count": "/count/",
    "count.json": "/count.json",
    "coalition": "/coalition/",
    "blog": "/blog/",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--many", type=int, default=10_000_000)
    many = parser.parse_args().many
    with a_stand() as stand:
        databases = {}
        for pledges in (FEW, many):
            name = f"pledges_{pledges}"
            stand.database.query(f"CREATE DATABASE {name}", database="postgres")
            url = stand.database.url.rpartition("/")[0] + f"/{name}"
            site = stand.site(DATABASE_URL=url)
            site.manage("seed", "--pledges", str(pledges))
            stand.database.query("VACUUM ANALYZE", database=name)
            databases[name] = site
        few, much = measure(databases)
    return show(
        *(
            Row(f"{act}, {many:,} pledges against {FEW:,}", much[act], " ms", few[act], most=1.15)
            for act in few
        )
    )


def measure(databases):
    """For each database the acts, with the median milliseconds of each round."""
    os.environ.update(next(iter(databases.values())).variables)
    os.environ["DJANGO_SETTINGS_MODULE"] = "flexpledge.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    settings.PAGE_FRESH_S = 0
    settings.SIGN_LIMIT_PER_IP = ""
    taken = {name: {} for name in databases}
    for round_ in range(ROUNDS):
        acts = [*PAGES, "sign-up", "confirmation"]
        for act in acts:
            for name in databases if round_ % 2 else reversed(databases):
                connection.close()
                connection.settings_dict["NAME"] = name
                taken[name].setdefault(act, []).append(milliseconds(act, round_))
    connection.close()
    return taken.values()


def milliseconds(act, round_):
    """The median of one round, after one request that warms up."""
    from django.test import Client

    from pledges.models import Pledge

    client = Client(headers={"host": "127.0.0.1"})
    times = []
    for number in range(REQUESTS + 1):
        email = f"{act}-{round_}-{number}@example.org"
        if act == "confirmation":
            form = {"name": "Robin Example", "country": "CA", "email": email}
            client.post("/pledge/", form)
            address = f"/pledge/confirm/{Pledge.objects.of(email).get().token('confirm')}/"
        began = time.perf_counter()
        if act == "sign-up":
            form = {"name": "Robin Example", "country": "CA", "email": email}
            status = client.post("/pledge/", form).status_code
        elif act == "confirmation":
            status = client.post(address).status_code
        else:
            status = client.get(PAGES[act]).status_code
        times.append(1000 * (time.perf_counter() - began))
        if status not in (200, 303):
            sys.exit(f"{act}: {status}")
    return statistics.median(times[1:])


if __name__ == "__main__":
    sys.exit(main())
