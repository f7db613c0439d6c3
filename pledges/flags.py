"""What a moderator should look at twice. A flag is a hint, never a decision."""

import re

from django.utils.translation import gettext_lazy as _

LETTERS_TO_SHOUT = 8
# What the form lets pass and still leads somewhere: a domain without a path, an @name, "dot com".
_LINK = re.compile(
    r"\b[\w-]{2,}\.[a-z]{2,24}\b|(?:^|\s)@\w|\w@\w|\bdot (?:com|org|net)\b", re.IGNORECASE
)


def of(text):
    """The labels of everything that stands out."""
    return [label for label, stands_out in FLAGS if stands_out(text)]


def is_like_a_link(text):
    return bool(_LINK.search(text))


def shouts(text):
    """All capitals, in a script that has them; short words such as "IT" or "NASA" do not shout."""
    return text == text.upper() and sum(map(str.isupper, text)) >= LETTERS_TO_SHOUT


FLAGS = [(_("looks like a link"), is_like_a_link), (_("all capitals"), shouts)]
