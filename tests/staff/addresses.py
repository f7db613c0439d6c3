"""Every address below /admin/, as the site's own URL patterns know them, and something to try each on."""

import re

import reversion
from allauth.mfa.models import Authenticator
from django.contrib.contenttypes.models import ContentType
from django.contrib.flatpages.models import FlatPage
from django.urls import URLPattern, get_resolver
from django.utils import timezone
from reversion.models import Version

from blog.models import Post
from coalition.models import DeclineReason, Revision
from common import outbox, trail
from common.models import Action, OutboxMessage
from pledges.models import Block, Cleanup, VoiceDeclineReason
from tests.blog import factories as blog
from tests.coalition.cast import a_member
from tests.pledges.people import a_supporter
from tests.staff.cast import a_colleague

ROOT = "/admin/"
LEFT_OVER = {"<url>"}  # whatever is no address: 404, or a slash is added


def below_admin():
    """`{"pledges/pledge/<object_id>/change/", …}`"""
    routes = set(_routes(get_resolver().url_patterns))
    return {route.removeprefix(ROOT) for route in routes if route.startswith(ROOT)} - LEFT_OVER


def _routes(patterns, prefix="/"):
    for pattern in patterns:
        route = prefix + _readable(str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from _routes(pattern.url_patterns, route)


def _readable(route):
    """Gaps as `<name>`, without the kinds of path converters and the signs of regular expressions."""
    route = re.sub(r"<\w+:(\w+)>", r"<\1>", route)
    route = re.sub(r"\((?:\?P<(\w+)>)?[^()]*\)", lambda group: f"<{group[1] or 'var'}>", route)
    return route.strip("^$")


def one_of_each():
    """`{"pledges/pledge": key, …}`: an object of each model of the admin."""
    now = timezone.now()
    supporter = a_supporter(reason="The school run is mine.")
    member = a_member()
    post = blog.make_post(text="<p>Words.</p>", tags=[blog.make_tag()])
    outbox.put("pledge-welcome", "robin@example.org", now=now)
    objects = {
        "auth/user": a_colleague("somebody"),
        "blog/author": post.author,
        "blog/image": blog.add_image(post),
        "blog/post": post,
        "blog/tag": post.tags.get(),
        "common/auditentry": trail.record(None, Action.DELETED, Post, now=now),
        "coalition/declinereason": DeclineReason.objects.create(name="Sample", text="Sample."),
        "coalition/member": member,
        "coalition/revision": Revision.objects.create(member=member, created_at=now),
        "common/outboxmessage": OutboxMessage.objects.latest("pk"),
        "pledges/block": Block.objects.create(kind="domain", key="example.org", created_at=now),
        "pledges/cleanup": Cleanup.objects.create(domain="example.org", created_at=now, last_pk=0),
        "pledges/pledge": supporter,
        "pledges/quarantinedpledge": supporter,
        "pledges/voice": supporter.voice,
        "pledges/voicedeclinereason": VoiceDeclineReason.objects.create(name="Sample", text="x"),
    }
    keys = {model: obj.pk for model, obj in objects.items()}
    keys["flatpages/flatpage"] = FlatPage.objects.first().pk  # written by a migration
    passkey = Authenticator.objects.create(
        user=objects["auth/user"], type=Authenticator.Type.WEBAUTHN, data={"name": "Sample"}
    )
    keys["passkey"] = passkey.pk
    keys["version"] = version_of(post)
    deleted = blog.make_post()
    keys["version of a deleted post"] = version_of(deleted)
    deleted.delete()
    return keys


def version_of(post):
    with reversion.create_revision():
        reversion.add_to_revision(post)
    return Version.objects.get_for_object(post).first().pk


def concrete(address, keys):
    """The address with an object of its own in each gap."""
    match address:
        case "<app_label>/":
            return f"{ROOT}pledges/"
        case "r/<content_type_id>/<object_id>/":
            return f"{ROOT}r/{ContentType.objects.get_for_model(Post).pk}/{keys['blog/post']}/"
        case "blog/post/<var>/history/<var>/":
            return f"{ROOT}blog/post/{keys['blog/post']}/history/{keys['version']}/"
        case "blog/post/recover/<var>/":
            return f"{ROOT}blog/post/recover/{keys['version of a deleted post']}/"
        case "account/password/choose/<token>/":
            return f"{ROOT}account/password/choose/no-token/"
        case "account/passkeys/<pk>/remove/" | "account/passkeys/<pk>/rename/":
            return ROOT + address.replace("<pk>", str(keys["passkey"]))
    model = "/".join(address.split("/")[:2])
    return ROOT + re.sub("<(object_)?id>", str(keys.get(model)), address)
