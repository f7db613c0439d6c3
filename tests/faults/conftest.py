from types import SimpleNamespace

import pytest

from tests.servers import PostgreSQL, Site, Web, Worker
from tests.servers.postgresql import DATABASE, USER
from tests.smtp import SMTPServer


@pytest.fixture
def mail(running_here):
    return running_here(SMTPServer())


@pytest.fixture
def servers(place, running_here, request, mail):
    """One of each, as in production: `database`, `site`, `web` and `worker`."""
    folder = place / f"{request.node.name}".replace("[", "-").strip("]")[-40:]
    database = running_here(PostgreSQL(folder / "database", max_connections=40))
    database.query("CREATE ROLE site LOGIN")
    database.query(f"ALTER DATABASE {DATABASE} OWNER TO site")
    site = Site(
        folder / "site",
        DATABASE_URL=database.url.replace(f"//{USER}@", "//site@"),
        EMAIL_URL=f"smtp://{mail.host}:{mail.port}",
        SIGN_LIMIT_PER_IP="",
    )
    site.prepare()
    web = running_here(Web(folder / "web", site))
    worker = running_here(Worker(folder / "worker", site))
    return SimpleNamespace(database=database, site=site, web=web, worker=worker, folder=folder)
