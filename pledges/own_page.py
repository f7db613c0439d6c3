"""What supporters do on their own page, reached by a link in a mail and without a password."""

from django.db import transaction

from common import outbox
from pledges import voices, wordings
from pledges.models import Pledge


def send_link(address, *, now):
    """Mails whoever reads mail at this address the way to their own page, if they signed."""
    outbox.put_capped("pledge-link", address, now=now)


@transaction.atomic
def change(pledge, *, name, country, region, flexibility, reason, show_name, newsletter, now):
    """Stores what the supporter changed; a changed country moves tally with the next fold."""
    Pledge.objects.live().filter(pk=pledge.pk).update(
        name=name, country=country, region=region, flexibility=flexibility
    )
    pledge.note_ticks(shows_name=show_name, wants_news=newsletter, now=now)
    voices.write(pledge, reason, now=now)


def unsubscribe(pledge, *, now):
    pledge.note_ticks(wants_news=False, now=now)


def everything_held(pledge):
    """All we hold on a supporter: for each field what it is and its value, ready for JSON."""
    voice = getattr(pledge, "voice", None)
    wanted = getattr(pledge, "new_address", None)
    words = wordings.WORDINGS.get(pledge.wording, {})
    fields = {
        "email": ("Where we write to. Never shown.", pledge.email),
        "new_email": ("Where you want us to write, once you prove it.", wanted and wanted.email),
        "name": ("As you typed it.", pledge.name),
        "country": ("ISO 3166-1 code; counted in its tally.", pledge.country),
        "region": ("Town or region, if you gave one.", pledge.region),
        "flexibility": ("The kinds of flexibility that matter to you.", pledge.flexibility),
        "reason": ("Your reason, shown only after a person read it.", voice and voice.text),
        "reason_as_written": (
            "Your reason before we mended it; empty where we did not.",
            voice and voice.original_text,
        ),
        "reason_status": ("Waiting, approved or declined.", voice and voice.status),
        "show_name": ("Whether your name may be shown.", pledge.shows_name),
        "newsletter": ("Whether you asked for campaign news.", pledge.wants_news),
        "signed_at": ("When you sent the form (UTC).", pledge.created_at),
        "confirmed_at": ("When you pressed the button (UTC).", pledge.confirmed_at),
        "network": (
            "The network you signed from, not your whole address there. Removed after 30 days.",
            pledge.network,
        ),
        "wording": ("Which wording you agreed to.", pledge.wording),
        "page": ("The page of ours on which you agreed.", pledge.page),
        "ticked_at": (
            "When you last changed whether we show your name or send news (UTC); empty: never.",
            pledge.ticked_at,
        ),
        "ticked_wording": ("Which wording you changed that under.", pledge.ticked_wording),
        "wording_text": ("That wording.", {key: str(text) for key, text in words.items()}),
        "number": ("Your supporter number.", pledge.number),
        "code": ("The last part of your personal link.", pledge.code),
        "came_through_a_friend": (
            "Whether you joined through somebody's link.",
            pledge.referrer_id is not None,
        ),
        "source": ("What the link you followed was marked with (utm_source).", pledge.source),
    }
    return {key: {"what": what, "value": value} for key, (what, value) in fields.items()}
