"""Text of strangers as cells that a spreadsheet may safely open: one line, one direction, no formula.

A formula starts with one of a few signs (OWASP, CSV injection), in places also behind a semicolon,
with which half of Europe separates cells: it gets an apostrophe before it.
"""

import re

from django.db import models
from django.db.models import Func

_BREAKS = "\t\n\v\f\r\x85\u2028\u2029"  # become spaces
_DIRECTION = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # go
_FORMULA = r'(^|;)([\s"]*[=+@＝＋＠－-])'  # as Python and PostgreSQL both read it


def cell(text):
    """
    >>> cell("=HYPERLINK(1)"), cell("Robin\\nExample")
    ("'=HYPERLINK(1)", 'Robin Example')
    """
    one_line = text.translate(str.maketrans(_BREAKS, " " * len(_BREAKS), _DIRECTION))
    return re.sub(_FORMULA, r"\1'\2", one_line)


class Cell(Func):
    """The same of a column, by the database, which looks first: `translate` is slow."""

    template = (
        f"CASE WHEN %(expressions)s ~ '{_FORMULA}|[{_BREAKS}{_DIRECTION}]' THEN "
        f"regexp_replace(translate(%(expressions)s, '{_BREAKS}{_DIRECTION}', "
        f"'{' ' * len(_BREAKS)}'), '{_FORMULA}', '\\1''\\2', 'g') ELSE %(expressions)s END"
    )
    output_field = models.TextField()
