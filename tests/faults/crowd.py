"""Many people who sign and confirm at once, click twice, and try again until they are answered."""

import http.client
import itertools
import random
import re
import threading
import time
from contextlib import suppress

from tests.servers import ask

PATIENCE_S = 90  # how long somebody tries before giving up
MAIL_PATIENCE_S = 300  # how long somebody waits for their mail
_TOKEN = re.compile(r"/pledge/confirm/([\w-]+)/")


class Crowd:
    """`people` threads that live through `lives` sign-ups together, each confirmed from its mail.

    They go on until `may_end` is set, so that nothing happens to the site while nobody is there.
    What the site acknowledged, and when, is noted here and held against the database afterwards.
    """

    def __init__(self, web_url, mail, *, people, lives, seed):
        self.web_url = web_url
        self.mail = mail
        self.signed = {}  # address → when acknowledged, time.monotonic()
        self.confirmed = {}
        self.statuses = set()
        self.errors = []
        self.may_end = threading.Event()
        share = lives // people
        self.threads = [
            threading.Thread(target=self._live, args=(number, share, random.Random(seed + number)))
            for number in range(people)
        ]

    def start(self):
        for thread in self.threads:
            thread.start()
        return self

    def join(self):
        self.may_end.set()
        for thread in self.threads:
            thread.join()

    def successes(self):
        """When something was acknowledged, in order."""
        return sorted([*self.signed.values(), *self.confirmed.values()])

    def _live(self, number, lives, dice):
        try:
            unconfirmed = []
            for life in itertools.count():
                if life >= lives and self.may_end.wait(1):
                    break
                address = f"person-{number}-{life}@example.org"
                self._sign(address, dice)
                unconfirmed.append(address)
                unconfirmed = [one for one in unconfirmed if not self._confirm(one, dice)]
            give_up_at = time.monotonic() + MAIL_PATIENCE_S
            while unconfirmed and time.monotonic() < give_up_at:
                unconfirmed = [one for one in unconfirmed if not self._confirm(one, dice)]
                time.sleep(0.1)
            if unconfirmed:
                self.errors.append(f"no mail reached {unconfirmed[0]}")
        except Exception as error:  # noqa: BLE001  told by the test, which a thread cannot fail
            self.errors.append(repr(error))

    def _sign(self, address, dice):
        form = {"name": "Robin Example", "email": address, "country": "CA"}
        self._post("/pledge/", form, dice)
        self.signed[address] = time.monotonic()

    def _confirm(self, address, dice):
        """Whether the mail was there. Presses the button in it until that is acknowledged."""
        mails = [mail for mail in self.mail.to(address) if "/pledge/confirm/" in mail.text]
        if not mails:
            return False
        self._post(f"/pledge/confirm/{_TOKEN.search(mails[0].text)[1]}/", {}, dice)
        self.confirmed[address] = time.monotonic()
        return True

    def _post(self, path, form, dice):
        """Sends until it is acknowledged; some click twice, and some once more afterwards."""
        second = None
        if dice.random() < 0.2:
            second = threading.Thread(target=self._try, args=(path, form))
            second.start()
        give_up_at = time.monotonic() + PATIENCE_S
        while not self._try(path, form):
            if time.monotonic() > give_up_at:
                raise TimeoutError(f"nobody acknowledged {path[:16]}")
            time.sleep(dice.uniform(0.05, 0.3))
        if second:
            second.join()
        if dice.random() < 0.1:
            self._try(path, form)

    def _try(self, path, form):
        with suppress(OSError, http.client.HTTPException):
            status = ask(self.web_url + path, form=form or {"": ""}, timeout_s=20).status
            self.statuses.add(status)
            return status == 303
        return False
