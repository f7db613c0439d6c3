import errno
import io
import tracemalloc
import zlib

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from coalition import logos
from coalition.models import Member
from tests.coalition.cast import APPLY, answers, picture, png_of, uploaded

pytestmark = pytest.mark.django_db


def applied_with(client, data, name="logo.png"):
    return client.post(APPLY, answers(logo=uploaded(data, name), logo_alt="Two wheels"))


def stored():
    """The logo as it lies in the storage, opened."""
    member = Member.objects.get()
    with member.logo.open() as file:
        return member, Image.open(io.BytesIO(file.read()))


def with_exif():
    exif = Image.Exif()
    exif[0x010E] = "secret description"
    exif.get_ifd(0x8825)[1] = "N"
    return exif


def animated(kind):
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    written = io.BytesIO()
    frames[0].save(written, kind, save_all=True, append_images=frames[1:])
    return written.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(picture(), id="PNG"),
        pytest.param(picture(kind="JPEG"), id="JPEG"),
        pytest.param(picture(kind="JPEG", progressive=True), id="progressive JPEG"),
        pytest.param(picture(kind="WEBP"), id="WebP"),
        pytest.param(picture((301, 201), kind="WEBP", lossless=True), id="lossless WebP"),
        pytest.param(picture(mode="CMYK", kind="JPEG"), id="CMYK"),
        pytest.param(picture(mode="I;16"), id="16-bit"),
        pytest.param(png_of(30, 20, bits=16, colours=2, rows=20), id="16-bit in colour"),
        pytest.param(picture(mode="1"), id="1-bit"),
        pytest.param(picture(mode="P"), id="palette"),
        pytest.param(picture(mode="P", transparency=0), id="transparent palette"),
        pytest.param(picture(mode="LA"), id="grey with alpha"),
        pytest.param(picture(mode="RGBA"), id="RGBA"),
        pytest.param(picture((4000, 4000)), id="16 megapixels"),
        pytest.param(picture((6000, 1)), id="a thin line"),
    ],
)
def test_decent_pictures_are_drawn_anew(client, data):
    assert applied_with(client, data).status_code == 303
    member, image = stored()
    assert image.format == "WEBP"
    assert image.size == (member.logo_width, member.logo_height)
    assert image.width <= 600
    assert image.height <= 400
    assert member.logo_alt == "Two wheels"


def test_small_logos_are_not_blown_up(client):
    applied_with(client, picture((30, 20)))
    assert stored()[1].size == (30, 20)


def test_sixteen_bits_keep_their_brightness(client):
    applied_with(client, picture(mode="I;16", new={"color": 32768}))
    assert stored()[1].convert("L").getpixel((5, 5)) == pytest.approx(128, abs=2)


def test_transparency_stays(client):
    applied_with(client, picture(mode="RGBA", new={"color": (0, 0, 0, 0)}))
    assert stored()[1].mode == "RGBA"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_position_and_other_metadata_are_dropped(client, kind):
    assert applied_with(client, picture(kind=kind, exif=with_exif())).status_code == 303
    member, image = stored()
    assert not image.getexif()
    with member.logo.open() as file:
        assert b"secret" not in file.read()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(picture(kind="JPEG", comment=b"secret", exif=with_exif()), id="JPEG"),
        pytest.param(picture(kind="JPEG", icc_profile=b"secret" * 30), id="colour profile"),
        pytest.param(picture(kind="WEBP", xmp=b"<x>secret</x>", exif=with_exif()), id="WebP"),
        pytest.param(
            png_of(30, 20, rows=20, chunks=[(b"tEXt", b"Author\0secret"), (b"prVt", b"secret")]),
            id="PNG",
        ),
    ],
)
def test_each_file_we_make_holds_pixels_and_nothing_else(client, data):
    assert applied_with(client, data).status_code == 303
    names = default_storage.listdir("logos")[1]
    assert len(names) == len(logos.ENDINGS)
    for name in names:
        with default_storage.open(f"logos/{name}") as file:
            written = file.read()
        assert b"secret" not in written
        image = Image.open(io.BytesIO(written))
        assert set(image.info) <= {"loop", "background", "timestamp", "duration"}
        assert not image.getexif()


MEGABYTES_100 = zlib.compress(bytes(100 * 1024 * 1024), 9)


@pytest.mark.parametrize(
    "chunk",
    [
        pytest.param((b"zTXt", b"Comment\0\0" + MEGABYTES_100), id="text"),
        pytest.param((b"iTXt", b"Comment\0\1\0\0\0" + MEGABYTES_100), id="international text"),
        pytest.param((b"iCCP", b"sRGB\0\0" + MEGABYTES_100), id="colour profile"),
    ],
)
def test_what_swells_to_a_hundred_megabytes_gets_a_clear_422_or_is_left_out(client, chunk):
    tracemalloc.start()
    response = applied_with(client, png_of(30, 20, rows=20, chunks=[chunk]))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert response.status_code in (303, 422)
    assert most < 20 * 1024 * 1024


def test_a_turned_photograph_is_turned_back(client):
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    applied_with(client, picture((300, 200), kind="JPEG", exif=exif))
    assert stored()[1].size == (200, 300)


def test_the_file_gets_a_name_that_says_nothing(client):
    applied_with(client, picture(), "../../secret-project.png")
    name = Member.objects.get().logo.name
    assert name.startswith("logos/")
    assert name.endswith(".webp")
    assert "secret" not in name


def test_the_wrong_extension_does_not_matter(client):
    assert applied_with(client, picture(kind="JPEG"), "logo.png").status_code == 303


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        pytest.param(SVG, "logo.svg", "SVG files can carry programs", id="SVG"),
        pytest.param(SVG, "logo.png", "SVG files can carry programs", id="SVG named PNG"),
        pytest.param(b"<?xml version='1.0'?>" + SVG, "x.png", "SVG files", id="SVG with XML"),
        pytest.param(picture(kind="GIF"), "logo.gif", "PNG, JPEG or WebP", id="GIF"),
        pytest.param(picture(kind="TIFF"), "logo.png", "PNG, JPEG or WebP", id="TIFF"),
        pytest.param(b"%PDF-1.7 not a logo", "logo.png", "PNG, JPEG or WebP", id="PDF"),
        pytest.param(b"<html>", "logo.html", "PNG, JPEG or WebP", id="HTML"),
        pytest.param(b"", "logo.png", "empty", id="empty"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "logo.png", "damaged", id="signature alone"),
        pytest.param(b"\xff\xd8\xff", "logo.jpg", "damaged", id="JPEG start alone"),
        pytest.param(b"RIFF\x00\x00\x00\x00WEBP", "logo.webp", "", id="WebP start alone"),
        pytest.param(picture()[:200], "logo.png", "damaged", id="truncated PNG"),
        pytest.param(picture(kind="JPEG")[:600], "logo.jpg", "damaged", id="truncated JPEG"),
        pytest.param(picture(kind="WEBP")[:80], "logo.webp", "damaged", id="truncated WebP"),
        pytest.param(png_of(30_000, 30_000), "logo.png", "too many pixels", id="30,000 squared"),
        pytest.param(png_of(10_000, 10_000), "logo.png", "too many pixels", id="10,000 squared"),
        pytest.param(png_of(4001, 4001), "logo.png", "too many pixels", id="just over 16 MP"),
        pytest.param(png_of(6001, 10), "logo.png", "too many pixels", id="a long side"),
        pytest.param(animated("PNG"), "logo.png", "moves", id="animated PNG"),
        pytest.param(animated("WEBP"), "logo.webp", "moves", id="animated WebP"),
    ],
)
def test_other_files_get_a_clear_422(client, data, name, says):
    response = applied_with(client, data, name)
    assert response.status_code == 422
    assert says in response.context["form"].errors["logo"][0]
    assert not Member.objects.exists()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize(
    "trailer",
    [b"<script>alert(1)</script>", b"PK\x03\x04 a zip PK\x05\x06", b"anything", picture()],
    ids=["HTML", "zip", "anything", "another picture"],
)
def test_a_picture_that_is_something_else_too_gets_a_clear_422(client, kind, trailer):
    response = applied_with(client, picture(kind=kind) + trailer)
    assert response.status_code == 422
    assert "something besides the picture" in response.text


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_program_hidden_within_the_picture_is_found(client, kind):
    exif = Image.Exif()
    exif[0x010E] = "<script>alert(1)</script>"
    assert applied_with(client, picture(kind=kind, exif=exif)).status_code == 422


@pytest.mark.parametrize("size", [20 * 1024 * 1024, logos.MAX_BYTES + 1])
def test_a_file_that_is_too_large_gets_a_clear_422(client, size):
    response = applied_with(client, picture() + bytes(size))
    assert response.status_code == 422
    assert "larger than 2 MB" in response.text


def test_only_one_file_is_ever_held(client):
    files = {f"file_{number}": uploaded(picture()) for number in range(20)}
    assert client.post(APPLY, answers(**files)).status_code == 303
    assert not Member.objects.get().logo


def test_a_logo_has_to_be_described(client):
    response = client.post(APPLY, answers(logo=uploaded(picture())))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["logo_alt"]


def test_a_good_logo_has_to_be_chosen_again_after_another_mistake(client):
    response = client.post(APPLY, answers(logo=uploaded(picture()), logo_alt="A", country=""))
    assert "choose the logo again" in response.text


def test_a_full_disk_is_said_and_the_application_can_go_without_a_logo(client, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._save", full)
    response = applied_with(client, picture())
    assert response.status_code == 422
    assert "Send the application without a logo" in response.text
    assert not Member.objects.exists()
    assert client.post(APPLY, answers()).status_code == 303


def test_a_logo_is_served_as_a_picture_and_nothing_else(client):
    applied_with(client, picture())
    response = client.get(Member.objects.get().logo.url)
    assert response["Content-Type"] == "image/webp"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
