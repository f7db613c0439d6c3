"""What staff upload is judged before it is decoded, and encoded anew before it is stored."""

import io
import struct
import zlib
from collections import defaultdict
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image as Pillow

from blog import encoding, pictures
from blog.models import Image
from tests.blog.factories import add_image, make_author, make_post, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def post():
    return make_post()


def encoded(image):
    encoding.make_pictures()
    image.refresh_from_db()
    return image


def stored(name):
    with default_storage.open(name) as file:
        return file.read()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_three_formats_are_taken_and_become_three_others_in_sensible_widths(post, kind):
    image = encoded(add_image(post, file=picture(kind, (3000, 1500))))
    assert (image.width, image.height) == (2400, 1200)
    assert Pillow.open(io.BytesIO(stored(image.file.name))).format == "JPEG"
    made = defaultdict(list)
    for rendition in image.file.renditions():
        version = Pillow.open(io.BytesIO(stored(rendition.name)))
        assert version.width == rendition.width
        made[version.format].append(version.width)
    widths = [480, 800, 1200, 1600, 2400]
    assert made == {"AVIF": widths, "WEBP": widths, "JPEG": widths}


def test_small_pictures_are_not_scaled_up(post):
    image = encoded(add_image(post, file=picture(size=(300, 200))))
    assert (image.width, image.height) == (300, 200)
    assert {rendition.width for rendition in image.file.renditions()} == {300}


def test_the_request_stores_one_file_and_the_page_shows_it_until_the_rest_is_there(client, post):
    image = add_image(post, file=picture(size=(1000, 500)))
    folder = Path(default_storage.path(image.file.name)).parent
    assert [file.name for file in folder.iterdir()] == [Path(image.file.name).name]
    page = client.get(post.get_absolute_url()).text
    assert f'src="{image.file.url}"' in page
    assert "srcset" not in page
    image = encoded(image)
    page = client.get(post.get_absolute_url()).text
    stem = image.file.url.removesuffix(".jpg")
    avif, webp = page.index(f"{stem}-480.avif 480w"), page.index(f"{stem}-1000.webp 1000w")
    assert avif < webp < page.index(f'src="{stem}-1000.jpg"')
    assert 'width="1000" height="500"' in page


def test_a_new_file_is_encoded_again(post):
    image = encoded(add_image(post))
    image.file = picture(size=(200, 100))
    image.save()
    assert image.encoding == pictures.Encoding.WAITING
    assert encoded(image).file.is_ready


def test_the_worker_encodes_each_picture_once(post):
    author = make_author(picture=picture())
    add_image(post)
    assert encoding.make_pictures() == 2
    assert encoding.make_pictures() == 0
    author.refresh_from_db()
    assert author.picture.is_ready


def test_encoding_goes_on_where_it_was_stopped(post, monkeypatch):
    image = add_image(post, file=picture(size=(900, 450)))
    save, saved = default_storage.save, []

    def full_after_two(name, content, **options):
        if len(saved) == 2:
            raise OSError("No space left on device")
        saved.append(name)
        return save(name, content, **options)

    monkeypatch.setattr(type(default_storage._wrapped), "save", staticmethod(full_after_two))
    with pytest.raises(OSError, match="No space"):
        encoding.make_pictures()
    monkeypatch.undo()
    image = encoded(image)
    names = {Path(rendition.name).name for rendition in image.file.renditions()}
    folder = Path(default_storage.path(image.file.name)).parent
    assert {file.name for file in folder.iterdir()} == names | {Path(image.file.name).name}


def test_a_file_that_was_lost_holds_up_no_other(post):
    lost, kept = add_image(post), add_image(post)
    default_storage.delete(lost.file.name)
    encoding.make_pictures()
    assert Image.objects.get(pk=lost.pk).encoding == pictures.Encoding.FAILED
    assert Image.objects.get(pk=kept.pk).file.is_ready


def test_the_name_tells_nothing_and_sizes_are_known_after_reading_back(post):
    image = Image.objects.get(pk=add_image(post, file=picture(size=(900, 600))).pk)
    assert "holiday" not in image.file.name
    assert (image.width, image.height) == (900, 600)
    name = image.file.name
    image.caption = "Changed"
    image.save()
    assert image.file.name == name


def test_places_dates_and_orientation_are_taken_out(post):
    exif = Pillow.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Spy Camera"
    image = add_image(post, file=picture(size=(64, 36), exif=exif))
    assert (image.width, image.height) == (36, 64)
    image = encoded(image)
    for name in [image.file.name, *(rendition.name for rendition in image.file.renditions())]:
        data = stored(name)
        assert b"Spy Camera" not in data
        assert not Pillow.open(io.BytesIO(data)).getexif()


def test_what_hides_behind_a_picture_is_left_behind(post):
    upload = picture("PNG")
    polyglot = SimpleUploadedFile("x.png", upload.read() + b"<script>alert(1)</script>")
    image = encoded(add_image(post, file=polyglot))
    for name in [image.file.name, *(rendition.name for rendition in image.file.renditions())]:
        assert b"<script>" not in stored(name)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16"])
def test_every_kind_of_png_is_taken(post, mode):
    assert add_image(post, file=picture("PNG", mode=mode)).width == 64


def test_transparency_becomes_white(post):
    image = add_image(post, file=picture("PNG", mode="RGBA"))
    pixel = Pillow.open(io.BytesIO(stored(image.file.name))).getpixel((5, 5))
    assert min(pixel) > 250


def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def bomb(width, height):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99))


REFUSED = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<!doctype html><script>alert(1)</script>",
    "empty picture": b"\x89PNG\r\n\x1a\n",
    "30,000 pixels square": bomb(30_000, 30_000),
    "8,000 pixels square": bomb(8_000, 8_000),
    "one pixel": picture("PNG", (1, 1)).read(),
    "gif": picture("GIF").read(),
    "tiff": picture("TIFF").read(),
    "bmp": picture("BMP").read(),
    "cut off": picture("JPEG", (400, 400)).read()[:-200],
    "16 MB": b"\xff\xd8" + bytes(16 * 1024 * 1024),
}


@pytest.mark.parametrize("what", REFUSED)
def test_everything_else_is_refused_with_a_reason_by_form_and_code(post, what):
    data = REFUSED[what]
    with pytest.raises(ValidationError) as refusal:
        pictures.PictureFormField().clean(SimpleUploadedFile("picture.jpg", data))
    assert refusal.value.messages[0].startswith("Choose")
    refusals = (ValidationError, Pillow.DecompressionBombError)
    with pytest.raises(refusals), transaction.atomic():
        add_image(post, file=SimpleUploadedFile("picture.jpg", data))
    assert not Image.objects.exists()


def test_a_picture_is_described_or_decorative(post):
    assert add_image(post, alt="", is_decorative=True).pk
    for alt in ("", "  ", "\n"):
        with pytest.raises(IntegrityError), transaction.atomic():
            add_image(post, alt=alt)


def test_a_picture_names_who_made_it(post):
    for credit in ("", " "):
        with pytest.raises(IntegrityError), transaction.atomic():
            add_image(post, credit=credit)


def test_authors_have_pictures_of_the_same_making(client):
    author = make_author(slug="robin", picture=picture("PNG", (400, 500), name="me.png"))
    make_post(author=author)
    assert author.picture.name.endswith(".jpg")
    page = client.get("/blog/authors/robin/").text
    assert author.picture.url in page
    assert 'width="400" height="500"' in page
