"""The cast: applicants, moderators and the pictures they bring."""

import io
import re
import struct
import zlib

from django.contrib.auth.models import Permission, User
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from coalition.models import Member
from common import outbox

APPLY = "/coalition/apply/"
ADMIN = "/admin/coalition/member/"


def answers(**changes):
    """The smallest application; None leaves a field out."""
    typed = {
        "kind": "company",
        "name": "Example Co.",
        "website": "https://www.example.org/",
        "country": "CA",
        "statement": "Core hours run from ten to two.",
        "contact_name": "Pat Example",
        "contact_role": "Chief of sample staff",
        "contact_email": "pat@example.org",
        "authority": "on",
    }
    return {name: value for name, value in (typed | changes).items() if value is not None}


def entry(**changes):
    """What the form of a member's own page sends where nothing changes."""
    own = {
        "name": "Example Co.",
        "website": "https://www.example.org/",
        "country": "CA",
        "statement": "Core hours run from ten to two.",
        "contact_name": "Pat Example",
        "contact_role": "Chief of sample staff",
        "contact_email": "pat@example.org",
    }
    return own | changes


def edit_page(member):
    return f"/coalition/edit/{member.token('edit')}/"


def an_applicant(name="Example Co.", **facts):
    """An application whose contact has confirmed."""
    now = timezone.now()
    slug = facts.pop("slug", None) or "-".join(name.lower().replace(".", "").split())
    return Member.objects.create(
        **{
            "name": name,
            "slug": slug,
            "kind": "company",
            "website": "https://www.example.org/",
            "country": "CA",
            "statement": "Core hours run from ten to two.",
            "contact_name": "Pat Example",
            "contact_role": "Chief of sample staff",
            "contact_email": "pat@example.org",
            "contact_confirmed_at": now,
            "authority_confirmed_at": now,
            "created_at": now,
            **facts,
        }
    )


def a_member(name="Example Co.", **facts):
    return an_applicant(name, **{"status": "approved", "approved_at": timezone.now(), **facts})


def a_moderator(name="mia"):
    moderator = User.objects.create_user(name, password="moderates", is_staff=True)
    moderator.user_permissions.set(
        Permission.objects.filter(codename__in=["view_member", "change_member"])
    )
    return moderator


def picture(size=(300, 200), *, mode="RGB", kind="PNG", **options):
    written = io.BytesIO()
    Image.new(mode, size, **options.pop("new", {})).save(written, kind, **options)
    return written.getvalue()


def uploaded(data, name="logo.png"):
    return SimpleUploadedFile(name, data, content_type="image/png")


def png_of(width, height, *, bits=1, colours=0, rows=1, chunks=()):
    """A PNG whose header claims so many pixels; whoever decodes it finds so many black rows.

    `colours` is the colour type of the PNG specification, `chunks` are pairs of kind and content.
    """
    header = struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, 0)
    samples = {0: 1, 2: 3}[colours]
    row = bytes(1 + (width * samples * bits + 7) // 8)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(row * rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


def mailed(now=None):
    """The mails sent since this was last asked."""
    mail.outbox.clear()
    outbox.deliver_due(now=now or timezone.now())
    return list(mail.outbox)


def link_in(message, page):
    """The path of the link to a page (`edit`, `answer`, …) in a mail."""
    (path,) = re.findall(rf"^http\S+?(/coalition/{page}/\S+/)$", message.body, re.MULTILINE)
    return path
