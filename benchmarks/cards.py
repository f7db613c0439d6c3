"""How long does a share card take to draw, for names in each script?

Run with `python -m benchmarks.cards`. Needs no database: nothing but the drawing is measured, in
this process, without the cache. Ends with status 1 where a median is above the limit.
"""

import os
import statistics
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flexpledge.settings")
django.setup()

from pledges import cards  # noqa: E402

LIMIT_MS = 100
ROUNDS = 51
NAMES = {
    "none": "",
    "Latin": "Łukasz Żółć-O’Brien",
    "Cyrillic": "Сергій Приклад",
    "Greek": "Ελένη Δοκιμή",
    "Arabic": "سامي المثال",
    "emoji": "Zoë 🎉🦊",
    "200 letters": "Wolfeschlegelsteinhausen " * 8,
}


def main():
    first_ms = milliseconds(NAMES["Latin"])
    times = {script: [] for script in NAMES}
    for _ in range(ROUNDS):
        for script, name in NAMES.items():
            times[script].append(milliseconds(name))
    sys.stdout.write("| name | median, ms | slowest, ms |\n|---|---|---|\n")
    for script, measured in times.items():
        median = statistics.median(measured)
        sys.stdout.write(f"| {script} | {median:.1f} | {max(measured):.1f} |\n")
    sys.stdout.write(f"\nThe first card of a process, which loads the fonts: {first_ms:.0f} ms.\n")
    sys.exit(any(statistics.median(measured) > LIMIT_MS for measured in times.values()))


def milliseconds(name):
    started_at = time.perf_counter()
    cards.draw(cards.Card(12_409, name, 12_461))
    return (time.perf_counter() - started_at) * 1000


if __name__ == "__main__":
    main()
