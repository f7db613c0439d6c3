import segno


def path_of(address):
    """The QR code of an address for an inline SVG: its side in modules and the path's data.

    >>> sorted(path_of("https://example.org/"))
    ['data', 'side']
    """
    code = segno.make(address, error="m", micro=False)
    border = 4  # modules of quiet zone (ISO/IEC 18004)
    runs = []
    for y, row in enumerate(code.matrix):
        x = 0
        while x < len(row):
            length = 0
            while x + length < len(row) and row[x + length]:
                length += 1
            if length:
                runs.append(f"M{x + border} {y + border}.5h{length}")
            x += length or 1
    return {"side": len(code.matrix) + 2 * border, "data": "".join(runs)}
