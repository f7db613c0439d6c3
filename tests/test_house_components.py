import pytest
from django import forms
from django.core.paginator import Paginator
from django.template.loader import render_to_string

from common.templatetags.components import (
    bars_of,
    columns_of,
    dots_of,
    share_links,
    signed,
    zeros_of,
)


class SampleForm(forms.Form):
    name = forms.CharField(max_length=5, help_text="As you like it.")
    reason = forms.CharField(required=False, widget=forms.Textarea({"data-counter": 280}))
    kinds = forms.MultipleChoiceField(
        choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple
    )


def drawn(component, **context):
    return " ".join(render_to_string(f"components/{component}.html", context).split())


def test_a_field_is_described_by_its_hint_and_then_its_error():
    form = SampleForm({"name": ""})
    html = drawn("field", field=form["name"])
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert (
        html.index("<label") < html.index("helptext") < html.index("_error") < html.index("<input")
    )


def test_no_control_cuts_what_is_pasted():
    assert "maxlength" not in drawn("field", field=SampleForm()["name"])


def test_a_counter_gets_its_words_from_the_server():
    html = drawn("field", field=SampleForm()["reason"])
    assert 'data-counter-left="Characters left: {n}"' in html
    assert "(optional)" in html
    assert "(optional)" not in drawn("field", field=SampleForm()["reason"], unmarked=True)


def test_the_summary_of_errors_leads_to_every_field():
    html = drawn("error_summary", form=SampleForm({"name": "too long"}))
    assert 'role="alert"' in html
    assert 'href="#id_name"' in html
    assert 'href="#id_kinds"' in html
    assert 'id="id_kinds"' in drawn("checks", field=SampleForm()["kinds"])
    assert drawn("error_summary", form=SampleForm()) == ""


@pytest.mark.parametrize("count", [0, 1, 99, 100, 12_408, 999_999, 1_000_000, 10_000_000])
def test_the_field_of_dots_always_holds_ten_thousand(count):
    field = dots_of(count, 1_000_000)
    assert field["columns"] * 50 + field["rest_down"] == field["filled"]
    assert field["rows"] * 100 + field["rest_across"] == field["filled"]
    assert field["filled"] == min(10_000, count // 100)


def test_zeros_fill_one_after_the_other():
    balls = zeros_of(12_408)
    assert [ball["is_reached"] for ball in balls] == [True] * 4 + [False] * 2
    assert [ball["is_filling"] for ball in balls] == [False] * 4 + [True, False]
    assert balls[4]["percent"] == "12"
    assert [ball["is_filling"] for ball in zeros_of(0)] == [False] * 6


@pytest.mark.parametrize(
    ("largest", "scale"),
    [(1, "1 person"), (60, "1 person"), (61, "10 people"), (5_210, "100 people")],
)
def test_bars_take_the_smallest_dot_that_fits(largest, scale):
    bars = bars_of([("A", largest), ("B", 1)])
    assert bars["scale"] == f"One dot is {scale}."
    assert float(bars["rows"][0]["width"]) <= bars["dots"]


@pytest.mark.parametrize(
    ("largest", "scale", "height"),
    [(0, "1 person", 1), (20, "1 person", 20), (21, "2 people", 11), (101, "10 people", 11),
     (10_000_000, "500,000 people", 20)],
)  # fmt: skip
def test_columns_are_as_high_as_the_tallest_and_never_taller_than_twenty_dots(
    largest, scale, height
):
    chart = columns_of([("Monday", 0), ("Tuesday", largest)])
    assert (chart["scale"], chart["height"]) == (f"One dot is {scale}.", height)
    assert chart["columns"][0] == {"left": 0, "top": f"{height:.2f}", "height": "0.00"}
    assert chart["width"] > 2


def test_a_change_is_told_with_its_sign():
    assert [signed(change) for change in (1_204, 0, -3)] == ["+1,204", "+0", "−3"]


def test_share_links_carry_text_and_address_whole():
    links = {
        link["icon"]: link["href"] for link in share_links("https://x.example/?a=1&b=2", "A & B")
    }
    assert set(links) == {"email", "whatsapp", "linkedin", "x", "facebook", "bluesky"}
    assert links["x"].endswith("text=A%20%26%20B&url=https%3A%2F%2Fx.example%2F%3Fa%3D1%26b%3D2")
    assert links["email"].startswith("mailto:?subject=A%20%26%20B&body=A%20%26%20B%20https")


def test_the_pager_keeps_what_was_searched_for(rf):
    request = rf.get("/supporters/", {"country": "CA", "page": 4})
    html = drawn("pager", page=Paginator(range(100), 10).page(4), request=request)
    assert 'href="?country=CA&amp;page=5"' in html
    assert 'aria-current="page"' in html
    assert drawn("pager", page=Paginator(range(5), 10).page(1), request=request) == ""
