from pathlib import Path

import pytest


@pytest.fixture
def uploads(settings):
    folder = Path(settings.MEDIA_ROOT)
    (folder / "logos").mkdir(parents=True)
    (folder / "logos/a.png").write_bytes(b"\x89PNG")
    (folder / "logos/a.html").write_text("<script>alert(1)</script>")
    (folder / "logos/a.svg").write_text("<svg/>")
    (folder.parent / "secret.png").write_bytes(b"secret")
    return folder


def test_a_picture_is_served_as_a_picture_and_as_nothing_else(client, uploads):
    answer = client.get("/media/logos/a.png")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["logos/a.html", "logos/a.svg", "logos/", "logos/none.png", "%2e%2e/secret.png"]
)
def test_anything_else_is_not_found(client, uploads, path):
    answer = client.get(f"/media/{path}")
    assert answer.status_code in (400, 404)
    assert b"secret" not in answer.content


def test_uploads_can_only_be_read(client, uploads):
    assert client.post("/media/logos/a.png").status_code == 405
