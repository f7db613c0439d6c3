import os
import re

import pytest

from tests.browser.conftest import (  # noqa: F401  fixtures
    base_url,
    browser_type_launch_args,
    complaints,
    open_page,
)
from tests.cluster.upstream import Upstream
from tests.servers import Nginx, fronts
from tests.servers.site import gather_static_files


@pytest.fixture(scope="session", autouse=True)
def all_programs():
    """Skips these tests where a program is missing, and fails them in CI."""
    if lacking := fronts.missing():
        refuse = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        refuse(f"on PATH there is no {', '.join(lacking)}")


@pytest.fixture(scope="module")
def running_upstream():
    upstream = Upstream()
    yield upstream
    upstream.shutdown()
    upstream.server_close()


@pytest.fixture
def upstream(running_upstream):
    """The site that nginx asks, as good as new."""
    running_upstream.reset()
    return running_upstream


@pytest.fixture(scope="module")
def nginx(place, running, running_upstream):
    """In front of `upstream`, with uploads of which one is a picture."""
    gather_static_files()
    logos = place / "var/media/logos"
    logos.mkdir(parents=True)
    (logos / "a.png").write_bytes(b"\x89PNG")
    (logos / "a.html").write_text("<script>alert(1)</script>")
    (place / "var/outside.png").write_bytes(b"outside")
    return running(Nginx(place / "nginx", running_upstream.address, var=place / "var"))


@pytest.fixture
def address(nginx, request):
    """Turns a path into an address that no other test has asked for."""
    own = re.sub(r"\W", "-", request.node.name)
    return lambda path="/": f"{nginx.url}{path.replace('*', own)}"
