"""QR codes of links: drawn in a page, and as files for slides and print."""

import io

import segno

QUIET_ZONE = 4  # modules (ISO/IEC 18004)
PIXELS_A_MODULE = 24  # in the PNG: sharp on a poster


def path_of(address):
    """The QR code of an address for an inline SVG: its side in modules and the path's data.

    >>> sorted(path_of("https://example.org/"))
    ['data', 'side']
    """
    code = _code(address)
    runs = []
    for y, row in enumerate(code.matrix):
        x = 0
        while x < len(row):
            length = 0
            while x + length < len(row) and row[x + length]:
                length += 1
            if length:
                runs.append(f"M{x + QUIET_ZONE} {y + QUIET_ZONE}.5h{length}")
            x += length or 1
    return {"side": len(code.matrix) + 2 * QUIET_ZONE, "data": "".join(runs)}


def svg(address):
    """A file of its own, which grows without loss."""
    file = io.BytesIO()
    _code(address).save(file, "svg", border=QUIET_ZONE, scale=10, light="white", nl=False)
    return file.getvalue()


def png(address):
    file = io.BytesIO()
    _code(address).save(file, "png", border=QUIET_ZONE, scale=PIXELS_A_MODULE, light="white")
    return file.getvalue()


def _code(address):
    return segno.make(address, error="m", micro=False)
