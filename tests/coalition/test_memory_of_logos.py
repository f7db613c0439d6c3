"""How much memory a stranger can make a web process take with one picture."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from coalition import logos
from tests.coalition.cast import png_of

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="only Linux tells what a process held at most"
)
MOST_MB = 350  # WebP decodes the whole of it twice over
SIDE_PX = 4000  # a square of as many pixels as are allowed
MEASURE = """
import re, sys
from concurrent.futures import ThreadPoolExecutor
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
settings.configure()
from coalition import logos
data, threads = sys.stdin.buffer.read(), int(sys.argv[1])
def most_kb():
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
def read(upload):
    try:
        logos.read(upload)
        return "taken"
    except ValidationError as error:
        return error.code
uploads = [SimpleUploadedFile("logo", data) for _ in range(threads)]
before_kb = most_kb()
with ThreadPoolExecutor(threads) as pool:
    outcomes = set(pool.map(read, uploads))
print(*outcomes, (most_kb() - before_kb) // 1024)
"""


def written(kind, mode, side_px=SIDE_PX, **options):
    file = io.BytesIO()
    Image.new(mode, (side_px, side_px)).save(file, kind, **options)
    return file.getvalue()


def read_elsewhere(data, threads=1):
    """What became of the picture in a process of its own, and the MB which that took at most.

    `threads`: so many read it at once, all with the same outcome.
    """
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(threads)],
        cwd=Path(__file__).parents[2],
        input=data,
        capture_output=True,
        check=True,
    )
    outcome, megabytes = done.stdout.split()
    return outcome.decode(), int(megabytes)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "RGBA"), ("PNG", "I;16"), ("PNG", "P"), ("JPEG", "CMYK"), ("WEBP", "RGBA")],
)
def test_the_largest_picture_allowed_is_read_in_bounded_memory(kind, mode):
    outcome, megabytes = read_elsewhere(written(kind, mode))
    assert outcome == "taken"
    assert megabytes < MOST_MB


def test_four_threads_that_read_one_at_once_take_turns():
    outcome, megabytes = read_elsewhere(written("WEBP", "RGBA"), threads=4)
    assert outcome == "taken"
    assert megabytes < 2 * MOST_MB  # each thread keeps a little for the next picture


def test_a_picture_of_more_pixels_is_not_decoded():
    data = png_of(9_000, 9_000, rows=20)
    assert len(data) < logos.MAX_BYTES
    outcome, megabytes = read_elsewhere(data)
    assert outcome == "pixels"
    assert megabytes < 30
