"""`python -m tests.servers`: all of the site behind nginx, as in production, for scanners.

On the loopback, with demonstration content and a supporter who has just confirmed, until Ctrl-C;
nothing of it stays. With `--unlimited` nobody is told 429, and staff need no second factor.
"""

import signal
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path

from tests.servers import Nginx, PostgreSQL, Site, Web, Worker, ask, free_port, wait_until
from tests.servers.fronts import substitute
from tests.servers.server import HOST
from tests.smtp import SMTPServer

UNLIMITED = {"SIGN_LIMIT_PER_IP": "", "LOGIN_FAILURES": "", "STAFF_MFA": "false"}
ROBIN = "robin@example.org"


def main(*, is_unlimited):
    with ExitStack() as servers:
        start = servers.enter_context
        folder = Path(start(tempfile.TemporaryDirectory()))
        folder.chmod(0o711)  # the account that PostgreSQL runs as passes through
        port = free_port()
        mail = start(SMTPServer())
        database = start(PostgreSQL(folder / "database"))
        site = Site(
            folder / "var",
            DATABASE_URL=database.url,
            EMAIL_URL=f"smtp://{mail.host}:{mail.port}",
            SITE_URL=f"http://{HOST}:{port}",
            TRUSTED_PROXY_COUNT="1",
            **(UNLIMITED if is_unlimited else {}),
        )
        site.prepare()
        print(site.manage("seed", "--staff"))  # noqa: T201
        web = start(Web(folder / "web", site))
        start(Worker(folder / "worker", site))
        nginx = Nginx(folder / "nginx", f"unix:{web.socket}", var=folder / "var", port=port)
        if is_unlimited:
            shipped = (nginx.folder / "site.conf").read_text(encoding="utf-8")
            nginx.configure(substitute(r"rate=\d+r/s", "rate=100000r/s", shipped))
        start(nginx)
        print(nginx.url, *links_of_robin(nginx.url, mail), web.log, sep="\n", flush=True)  # noqa: T201
        signal.pause()


def links_of_robin(url, mail):
    """What the confirmation mail links to, and Robin's own page."""
    ask(f"{url}/pledge/", form={"name": "Robin Example", "email": ROBIN, "country": "CA"})
    (confirmation,) = wait_until(lambda: mail.to(ROBIN))
    own_page = ask(confirmation.link("/pledge/confirm/"), form={}).headers["Location"]
    return [*confirmation.links, url + own_page]


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        main(is_unlimited="--unlimited" in sys.argv[1:])
