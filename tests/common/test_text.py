import pytest
from django.core.exceptions import ValidationError

from common.text import clean_line, clean_text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Jose\u0301   O'Neill ", "José O'Neill"),
        ("Ana\u00a0Maria", "Ana Maria"),
        ("soft\u00adhyphen\u200b", "softhyphen"),
        ("\ufeffmark\u200f", "mark"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        (
            "👩\u200d👩\u200d👧 🏴\U000e0067\U000e0062\U000e007f",
            "👩\u200d👩\u200d👧 🏴\U000e0067\U000e0062\U000e007f",
        ),
        ("Booking.com", "Booking.com"),
        ("S.A./N.V.", "S.A./N.V."),
        ("", ""),
    ],
)
def test_a_line_is_tidied(typed, kept):
    assert clean_line(typed, 200) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("a\x00b", "control"),
        ("a\nb", "control"),
        ("a\ud800", "control"),
        ("a\u202eb", "control"),
        ("a\u2066b", "control"),
        ("a\u2028b", "control"),
        ("a\ufffdb", "control"),
        ("a\uffffb", "control"),
        ("see http://x", "link"),
        ("WWW.example", "link"),
        ("ｗｗｗ.example", "link"),
        ("example.com/offer", "link"),
        ("a < b", "markup"),
        ("b > a", "markup"),
        ("\u3164\u200d", "invisible"),
        ("x" * 201, "max_length"),
    ],
)
def test_what_is_no_line_of_a_person_is_refused(typed, code):
    with pytest.raises(ValidationError) as refused:
        clean_line(typed, 200)
    assert refused.value.code == code


def test_a_text_keeps_its_lines():
    assert clean_text(" One \r\ntwo\r\r\n\n\n\nthree ", 600) == "One\ntwo\n\nthree"


def test_a_text_is_refused_for_the_same_reasons_as_a_line():
    for typed in ("a\nb\x07c", "one\nhttp://x", "one\n<b>"):
        with pytest.raises(ValidationError):
            clean_text(typed, 600)
