"""Members for demonstration: invented, recognisable as such, the same each time."""

from datetime import timedelta
from math import cos, pi, sin

from django.db import transaction
from PIL import Image, ImageDraw

from coalition import logos
from coalition.models import Kind, Member, Question, Revision, Size, Status
from common import moderation

INK = "#0b2b33"
A_DAY, A_YEAR = timedelta(days=1), timedelta(days=365)
_CODE_ENDS = "23456789abcdefghjkmnpqrstuvwxyz"

# name, slug, kind, country, kinds of flexibility, days since the application, decisions ("?": the
# contact has not even confirmed; "Q": asked, no answer yet; "c": wants another contact, "t": other
# words), logo
SAMPLES = [
    ("Example Co.", "example-co", Kind.COMPANY, "CA", "remote schedule", 140, "A", "rings"),
    ("Sample Works", "sample-works", Kind.COMPANY, "DE", "schedule part_time", 133, "A", "peaks"),
    ("Demo Foundation", "demo-foundation", Kind.NONPROFIT, "KE", "remote", 127, "A", "halves"),
    (
        "Placeholder Labs",
        "placeholder-labs",
        Kind.COMPANY,
        "IN",
        "remote freelance",
        119,
        "A",
        "bars",
    ),
    ("Testcase Ltd", "testcase-ltd", Kind.COMPANY, "GB", "part_time", 111, "At", ""),
    ("Mock & Partners", "mock-partners", Kind.COMPANY, "US", "schedule", 102, "Ac", ""),
    ("Specimen Society", "specimen-society", Kind.NONPROFIT, "AU", "part_time", 96, "A", ""),
    ("Alex Example", "alex-example", Kind.LEADER, "BR", "remote schedule", 88, "A", ""),
    (
        "Beispiel-Hochschule Überall",
        "beispiel-hochschule",
        Kind.ACADEMIC,
        "AT",
        "schedule",
        80,
        "A",
        "star",
    ),
    (
        "Université Exemple",
        "universite-exemple",
        Kind.ACADEMIC,
        "FR",
        "remote part_time",
        71,
        "A",
        "",
    ),
    ("Trial Union", "trial-union", Kind.NONPROFIT, "SE", "freelance", 64, "A", ""),
    ("Pat Placeholder", "pat-placeholder", Kind.LEADER, "NZ", "part_time", 57, "A", ""),
    ("Sandbox Trust", "sandbox-trust", Kind.NONPROFIT, "ZA", "remote", 500, "AL", "sail"),
    ("Draft Studio", "draft-studio", Kind.COMPANY, "ES", "freelance", 9, "Q", "rings"),
    ("Fixture College", "fixture-college", Kind.ACADEMIC, "IE", "schedule", 4, "", ""),
    ("Dummy Delivery", "dummy-delivery", Kind.COMPANY, "NL", "", 30, "D", ""),
    ("Unconfirmed Sample", "unconfirmed-sample", Kind.COMPANY, "PT", "remote", 2, "?", ""),
]
_TO_STATUS = {"A": Status.APPROVED, "L": Status.LAPSED, "D": Status.DECLINED}
_CHANGES = {
    "t": {"statement": "Sample change: core hours now run from eleven to two."},
    "c": {"contact_name": "Sam Sample", "contact_email": "sam@mock-partners.example"},
}
_DECLINED_BECAUSE = (
    "Sample reason: please say which kind of flexibility you offer, and apply again."
)


@transaction.atomic
def create_samples(now):
    """Writes the samples that are not there yet; sends no mail."""
    known = set(Member.objects.values_list("slug", flat=True))
    for number, sample in enumerate(SAMPLES):
        if sample[1] not in known:
            _create(number, *sample, now=now)


def _create(number, name, slug, kind, country, flexibility, days, path, drawing, *, now):
    applied_at = now - timedelta(days=days)
    decided_at = applied_at + timedelta(days=2)
    is_confirmed = path != "?"
    moves = [_TO_STATUS[letter] for letter in path if letter in _TO_STATUS]
    member = Member(
        name=name,
        slug=slug,
        code="member" + _CODE_ENDS[number] * 4,
        kind=kind,
        website=f"https://{slug}.example/",
        country=country,
        flexibility=flexibility.split(),
        statement=_statement(name, kind),
        contact_name="Robin Example",
        contact_role="Sample contact",
        contact_email=f"robin@{slug}.example",
        contact_confirmed_at=applied_at + timedelta(hours=1) if is_confirmed else None,
        authority_confirmed_at=applied_at,
        created_at=applied_at,
        approved_at=decided_at if Status.APPROVED in moves else None,
        size="" if kind == Kind.LEADER else Size.values[number % len(Size.values)],
        featured_at=decided_at if moves == [Status.APPROVED] and number % 5 == 0 else None,
        lapsed_at=decided_at + A_YEAR if Status.LAPSED in moves else None,
    )
    if drawing:
        _draw(member, drawing)
    member.save(force_insert=True)
    if path == "Q":
        Question.objects.create(
            member=member, asked_at=decided_at, text="Sample question: for whom is this open?"
        )
    for letter in path:
        if letter in _CHANGES:
            Revision.objects.create(
                member=member, created_at=now - A_DAY, proposed=_CHANGES[letter]
            )
    for step, status in enumerate(moves):
        moderation.move(
            member,
            status,
            actor=None,
            now=decided_at + step * A_YEAR,
            reason=_DECLINED_BECAUSE if status == Status.DECLINED else "",
        )


def _statement(name, kind):
    if kind == Kind.LEADER:
        return (
            "I plan my own week in the open, and so does everybody I work with. "
            "This is sample text about a person who does not exist."
        )
    return (
        f"People at {name} choose with their team where and when they work; core hours run from "
        "ten to two, and part-time is open at every level.\n\n"
        "This is sample text about an organisation that does not exist."
    )


def _draw(member, drawing):
    picture = Image.new("RGBA", (1200, 800), (255, 255, 255, 0))
    _DRAWINGS[drawing](ImageDraw.Draw(picture))
    logos.drawn_anew(picture).give_to(member, stem=f"sample-{member.slug}")
    member.logo_alt = f"{member.name} logo"


def _rings(pen):
    pen.ellipse((240, 160, 720, 640), fill=INK)
    pen.ellipse((500, 180, 960, 640), outline=INK, width=60)


def _peaks(pen):
    pen.polygon([(150, 680), (480, 120), (810, 680)], fill=INK)
    pen.polygon([(760, 120), (1060, 120), (1060, 520)], fill=INK)


def _halves(pen):
    pen.pieslice((340, 120, 860, 640), 180, 360, fill=INK)
    pen.pieslice((340, 180, 860, 700), 0, 180, fill=INK)


def _bars(pen):
    pen.rectangle((260, 160, 440, 680), fill=INK)
    pen.rectangle((510, 340, 690, 680), fill=INK)
    pen.rectangle((760, 480, 940, 680), fill=INK)
    pen.ellipse((760, 200, 940, 380), fill=INK)


def _star(pen):
    points = [
        (600 + radius * sin(step * pi / 5), 420 - radius * cos(step * pi / 5))
        for step, radius in enumerate((320, 130) * 5)
    ]
    pen.polygon(points, fill=INK)


def _sail(pen):
    pen.polygon([(200, 500), (1000, 500), (860, 680), (340, 680)], fill=INK)
    pen.rectangle((520, 120, 570, 440), fill=INK)
    pen.polygon([(620, 120), (900, 440), (620, 440)], fill=INK)


_DRAWINGS = {
    "rings": _rings,
    "peaks": _peaks,
    "halves": _halves,
    "bars": _bars,
    "star": _star,
    "sail": _sail,
}
