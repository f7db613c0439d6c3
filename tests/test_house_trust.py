"""What is trusted to be markup, and nowhere else: everything else is escaped."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
CODE = ("flexpledge", "pledges", "coalition", "blog", "common")

# Each of these escapes or sanitises on the same line or the one above. A new one needs a reason.
MARKED_SAFE = {
    "blog/headings.py": 1,  # sanitised blocks with anchors made of slugs
    "blog/searching.py": 1,  # escaped around the marks
    "blog/structured.py": 1,  # JSON escaped for a script element
    "coalition/views/public.py": 1,  # JSON escaped for a script element
    "common/markup.py": 1,  # the sanitiser
    "common/templatetags/components.py": 1,  # a template's own, escaped output
    "flexpledge/pages.py": 2,  # sanitised, cut in two
}


def occurrences(pattern, suffix, folders):
    return Counter(
        str(path.relative_to(ROOT))
        for folder in folders
        for path in (ROOT / folder).rglob(f"*{suffix}")
        for _ in re.finditer(pattern, path.read_text(encoding="utf-8"))
    )


def test_python_vouches_for_markup_only_where_it_escapes_or_sanitises_it():
    assert occurrences(r"mark_safe\(|SafeString\(", ".py", CODE) == MARKED_SAFE


def test_no_template_switches_escaping_off():
    found = occurrences(r"\|\s*safe(seq)?\b|autoescape\s+off", ".html", ("templates",))
    assert not found
    assert occurrences(r"{%\s*include", ".html", ("templates",))


def test_no_query_is_put_together_from_what_a_person_wrote():
    constants = {"common/outbox.py": 1}
    assert occurrences(r"\.extra\(|RawSQL\(|\.raw\(", ".py", CODE) == constants
