"""Signing and confirming, with everything on, against a view that has one form and one INSERT.

python -m benchmarks.signup
"""

import sys

from benchmarks.load import RUNS, per_second
from benchmarks.stand import Floor, a_stand
from benchmarks.table import Row, show
from tests.servers import Web

LINKS = 10_000  # more than are followed in one run
_WAITING = """
    INSERT INTO pledges_pledge (email, email_canonical, name, country, region, flexibility,
           shows_name, wants_news, has_shown_voice, wording, code, link_epoch, created_at)
    SELECT address, address, 'Robin Example', 'CA', '', '{}', true, false, false, '2026-11',
           left(md5(address), 10), 0, now()
      FROM (SELECT 'confirm-' || %(run)s || '-' || n || '@example.org' AS address
              FROM generate_series(1, %(links)s) AS n) AS addresses
"""
_TOKENS = """
from pledges.models import Pledge
for pledge in Pledge.objects.filter(email__startswith="confirm-{run}-"):
    print(pledge.token("confirm"))
"""


def main():
    with a_stand() as stand:
        site = stand.site(TRUSTED_PROXY_COUNT="1")
        web = stand.start(Web(stand.folder / "web", site))
        floor = stand.start(Floor(stand.folder / "floor", "bare_signup", **site.variables))
        runs = [
            (
                per_second(f"{web.url}/pledge/", "signup.lua", f"ours-{run}"),
                confirmed_per_second(stand, site, web, run),
                per_second(f"{floor.url}/pledge/", "signup.lua", f"floor-{run}"),
            )
            for run in range(RUNS)
        ]
    signed, confirmed, floors = zip(*runs, strict=True)
    return show(
        Row("`POST /pledge/`", signed, "/s", floors, least=0.70),
        Row("confirm `POST`, numbering included", confirmed, "/s", floors, least=0.50),
    )


def confirmed_per_second(stand, site, web, run):
    """Presses the button behind links that nobody has followed yet."""
    stand.database.query(_WAITING, {"run": run, "links": LINKS})
    tokens = stand.folder / f"tokens-{run}"
    tokens.write_text(site.manage("shell", "--no-imports", "-c", _TOKENS.format(run=run)))
    return per_second(f"{web.url}/pledge/confirm/", "confirm.lua", tokens)


if __name__ == "__main__":
    sys.exit(main())
