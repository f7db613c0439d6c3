"""What stands around the site on a larger one: PgBouncer, Redis, nginx."""

import os
import re
import shutil
import signal
from pathlib import Path

from tests.servers.postgresql import DATABASE, USER, account
from tests.servers.server import HOST, PROJECT, Server

WANTED = ("nginx", "pgbouncer", "redis-server")


def missing():
    """The programs that this machine lacks."""
    return [name for name in WANTED if shutil.which(name, path=_PATH) is None]


_PATH = os.environ.get("PATH", "") + ":/usr/sbin"  # where Debian keeps what root starts


class PgBouncer(Server):
    """In front of `postgresql`, with the shipped settings."""

    def __init__(self, folder, postgresql):
        super().__init__(folder)
        self.account = account()
        self.account.give(self.folder)
        self.settings = self.folder / "pgbouncer.ini"
        text = (PROJECT / "deploy/pgbouncer.ini").read_text(encoding="utf-8")
        for setting, value in {
            "listen_addr": HOST,
            "listen_port": self.port,
            "unix_socket_dir": "",
            "auth_type": "any",
            "logfile": "",
            "pidfile": "",
        }.items():
            text = substitute(rf"^{setting} = .*$", f"{setting} = {value}", text)
        here = f"host={HOST} port={postgresql.port} user={USER}"
        text = substitute(r"host=/var/run/postgresql", here, text)
        self.settings.write_text(text, encoding="utf-8")

    def command(self):
        return [*self.account.prefix, shutil.which("pgbouncer", path=_PATH), self.settings]

    @property
    def url(self):
        return f"postgres://{USER}@{HOST}:{self.port}/{DATABASE}"


class Redis(Server):
    def command(self):
        options = {"bind": HOST, "port": self.port, "save": "", "dir": self.folder}
        parts = [part for name, value in options.items() for part in (f"--{name}", value)]
        return [shutil.which("redis-server"), *parts]

    @property
    def url(self):
        return f"redis://{HOST}:{self.port}/0"


class Nginx(Server):
    """In front of `webs`, with the shipped settings but for addresses, folders and TLS.

    `webs` are the addresses of web servers as nginx writes them: `127.0.0.1:8000`, `unix:/…`.
    """

    stop_signal = signal.SIGQUIT  # answers what it has begun with

    def __init__(self, folder, *webs, var=Path("/nonexistent"), port=None):
        super().__init__(folder, port)
        site = (PROJECT / "deploy/nginx.conf").read_text(encoding="utf-8")
        for pattern, replacement in {
            r"server unix:/run/flexpledge/web.sock (.*);": "\n".join(
                rf"server {web} \1;" for web in webs
            ),
            r"https://www.example.org ": f"http://{HOST} ",
            r"https://www.example.org\$": rf"{self.url}$",
            r"server_name .*;": f"server_name {HOST};",
            r"^ +listen 80;": f"listen {HOST}:{self.port};",
            r"^ +(listen|ssl_).*;$": "",
            r"/srv/flexpledge/staticfiles/": f"{PROJECT}/staticfiles/",
            r"/srv/flexpledge/var": str(var),
            r"/var/cache/nginx-flexpledge": f"{self.folder}/cache",
            r"/var/log/nginx/": f"{self.folder}/",
        }.items():
            site = substitute(pattern, replacement, site)
        self.configure(site)

    def configure(self, site):
        (self.folder / "site.conf").write_text(site, encoding="utf-8")
        (self.folder / "nginx.conf").write_text(_AROUND % _user(), encoding="utf-8")

    def command(self):
        nginx = shutil.which("nginx", path=_PATH)
        return [nginx, "-p", self.folder, "-e", self.folder / "errors", "-c", "nginx.conf"]

    def write_logs(self):
        """Lines of the log are held back for a while, so that many are written together."""
        self.process.send_signal(signal.SIGUSR1)

    @property
    def url(self):
        return f"http://{HOST}:{self.port}"


def _user():
    """Root's workers would become somebody who cannot enter root's folders."""
    return "user root;" if os.geteuid() == 0 else ""


# As in Debian's own nginx.conf around the files of its sites.
_AROUND = """
%s
daemon off;
pid nginx.pid;
worker_processes auto;
events { worker_connections 768; }
http {
    sendfile on;
    tcp_nopush on;
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    client_body_temp_path temp-body;
    proxy_temp_path temp-proxy;
    fastcgi_temp_path temp-fastcgi;
    scgi_temp_path temp-scgi;
    uwsgi_temp_path temp-uwsgi;
    include site.conf;
}
"""


def substitute(pattern, replacement, text):
    """re.sub that insists on finding something."""
    text, times = re.subn(pattern, replacement, text, flags=re.MULTILINE)
    assert times, f"{pattern} stands nowhere"
    return text
