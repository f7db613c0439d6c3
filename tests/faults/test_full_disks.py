"""No room on the disk of uploads and caches, or on that of logs: people sign as ever."""

import os
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.blog.factories import picture
from tests.blog.test_admin import block, errors, form
from tests.coalition import cast
from tests.faults.conftest import one_of_each
from tests.servers import ask, wait_until

pytestmark = pytest.mark.faults


@pytest.fixture
def small_disk(place):
    folder = Path(tempfile.mkdtemp(dir=place))
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("needs to mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk):
    with suppress(OSError):
        (disk / "fill").write_bytes(bytes(1_000_000))


def sign(servers, address):
    form = {"name": "Robin Example", "email": address, "country": "CA"}
    return ask(f"{servers.web.url}/pledge/", form=form).status


def apply(servers, **changes):
    body = encode_multipart(BOUNDARY, cast.answers(**changes))
    headers = {"Content-Type": MULTIPART_CONTENT}
    return ask(f"{servers.web.url}/coalition/apply/", "POST", body=body, headers=headers)


def test_without_room_for_pictures_and_caches_only_pictures_are_refused(
    small_disk, place, running_here
):
    servers = one_of_each(place / "files", running_here, VAR_DIR=str(small_disk))
    fill(small_disk)

    refused = apply(servers, logo=cast.uploaded(cast.picture()), logo_alt="Two wheels")
    assert refused.status == 422
    assert "We cannot store pictures just now" in refused.text
    assert "Two wheels" in refused.text
    assert apply(servers).status == 303
    for address in ("/", "/count.json", "/coalition/", "/blog/"):
        assert ask(servers.web.url + address).status == 200
    assert sign(servers, "robin@example.org") == 303
    wait_until(lambda: servers.mail.to("robin@example.org"))


@pytest.mark.django_db
@pytest.mark.parametrize("folder", ["MEDIA_ROOT", "FILE_UPLOAD_TEMP_DIR"])
def test_without_room_for_pictures_staff_keep_what_they_wrote(
    small_disk, settings, admin_client, folder
):
    setattr(settings, folder, small_disk)
    fill(small_disk)
    written = form(share_picture=picture(), **block("richtext", 0, ordering=10, text="<p>Long</p>"))

    refused = admin_client.post("/admin/blog/post/add/", written)
    assert refused.status_code == 200
    assert errors(refused) == [
        "We cannot store pictures just now. Save without it, and tell who runs the site."
    ]
    assert "From the form" in refused.text
    assert "&lt;p&gt;Long&lt;/p&gt;" in refused.text
    assert not [left for left in small_disk.rglob("*.jpg") if left.is_file()]
    assert (
        admin_client.post("/admin/blog/post/add/", written | {"share_picture": ""}).status_code
        == 302
    )


def test_without_room_for_logs_everything_goes_on(place, running_here):
    servers = one_of_each(place / "logs", running_here)
    for server in (servers.web, servers.worker):
        server.stop()
        server.log = Path("/dev/full")
        server.said = lambda: "nothing that could be written"
    servers.worker.is_ready = lambda: True
    servers.web.start()
    servers.worker.start()

    foreign = ask(servers.web.url, headers={"Host": "elsewhere.example"})  # is worth a line
    assert foreign.status == 400
    assert sign(servers, "robin@example.org") == 303
    wait_until(lambda: servers.mail.to("robin@example.org"))
    servers.database.stop()
    assert sign(servers, "sam@example.org") == 503  # and so is this
    servers.database.start()
    wait_until(lambda: sign(servers, "sam@example.org") == 303)
    wait_until(lambda: servers.mail.to("sam@example.org"))
