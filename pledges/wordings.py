"""What people put their name to. A wording is never edited once shown; a new one gets a new key.

Each pledge keeps the key of the wording it was signed under, so that consent can be shown word
for word (GDPR, article 7).
"""

from django.utils.translation import gettext_lazy as _

CURRENT = "2026-11"
WORDINGS = {
    "2026-11": {
        "pledge": _(
            "I support work flexibility: remote work, flexible schedules, part-time and freelance "
            "work. Count me among the million."
        ),
        "show_name": _("Show my name and country publicly"),
        "newsletter": _("Send me campaign news, about once a month"),
    }
}
