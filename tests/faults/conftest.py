from types import SimpleNamespace

import pytest

from tests.servers import PostgreSQL, Site, Web, Worker
from tests.servers.postgresql import DATABASE, USER
from tests.servers.server import PROJECT
from tests.smtp import SMTPServer


def one_of_each(folder, running, project=PROJECT, **variables):
    """`mail`, `database`, `site`, `web` and `worker`, as in production: the site has a role of its own."""
    mail = running(SMTPServer())
    database = running(PostgreSQL(folder / "database", max_connections=40))
    database.query("CREATE ROLE site LOGIN")
    database.query(f"ALTER DATABASE {DATABASE} OWNER TO site")
    site = Site(
        folder / "site",
        project=project,
        DATABASE_URL=database.url.replace(f"//{USER}@", "//site@"),
        EMAIL_URL=f"smtp://{mail.host}:{mail.port}",
        SIGN_LIMIT_PER_IP="",
        BURST_PER_NETWORK="",
        BURST_PER_DOMAIN="",
        **variables,
    )
    site.prepare()
    web = running(Web(folder / "web", site))
    worker = running(Worker(folder / "worker", site))
    return SimpleNamespace(mail=mail, database=database, site=site, web=web, worker=worker)


@pytest.fixture
def servers(place, running_here, request):
    """For tests after which nothing is as it was before."""
    return one_of_each(place / request.node.name.replace("[", "-").strip("]"), running_here)


@pytest.fixture(scope="module")
def shared_servers(place, running):
    """For tests that leave things as they found them."""
    return one_of_each(place / "shared", running)
