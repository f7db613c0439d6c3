"""A real SMTP server on the loopback, which can be down, refuse and hang as real ones do."""

import asyncio
import logging
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property

from aiosmtpd.controller import Controller

from tests.servers.server import free_port

logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd's: a line for each command
_LINK = re.compile(r"https?://\S+")


@dataclass
class ReceivedMail:
    sender: str
    recipients: list[str]  # as given in the envelope
    message: EmailMessage

    @property
    def subject(self):
        return str(self.message["Subject"])

    @cached_property
    def text(self):
        return self._part("plain")

    @property
    def html(self):
        return self._part("html")

    @property
    def links(self):
        """The addresses that stand on lines of their own in the text part, in order."""
        return [line.strip() for line in self.text.splitlines() if _LINK.fullmatch(line.strip())]

    def link(self, path):
        """The one link whose address contains `path`."""
        (found,) = [link for link in self.links if path in link]
        return found

    def _part(self, subtype):
        part = self.message.get_body(preferencelist=(subtype,))
        return part.get_content() if part else ""


class SMTPServer:
    """Listens on `host` and `port`; a stop and a start keep the port and the mails received."""

    host = "127.0.0.1"

    def __init__(self):
        self.port = free_port()
        self.mails = []
        self._by_recipient = defaultdict(list)
        self._refusals = {}
        self._controller = None
        self.reset()

    def reset(self):
        """As good as new; mails received stay."""
        self._refusals.clear()
        self.refuses_all = ""  # the reply to every recipient
        self.hangs = False  # while true, a mail is taken in and never answered
        self.drops = False  # while true, whoever gives us a mail is hung up on
        self.greylists_for = None  # while set, strangers are told to come back after so long
        self.clock = lambda: datetime.now(UTC)
        self._first_seen = {}

    def start(self):
        self._controller = Controller(self, hostname=self.host, port=self.port)
        self._controller.start()

    def stop(self):
        if self._controller:
            self._controller.stop(no_assert=True)
            self._controller = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error):
        self.reset()
        self.stop()

    def refuse(self, recipient, reply="550 5.1.1 no such mailbox"):
        """Answers this recipient with `reply`, whose first digit decides: 4 for now, 5 for good; 421
        hangs up, too."""
        self._refusals[recipient] = reply

    def accept(self, recipient):
        self._refusals.pop(recipient, None)

    def to(self, recipient):
        """The mails received for this recipient, oldest first."""
        return list(self._by_recipient.get(recipient, ()))

    async def handle_RCPT(self, server, session, envelope, address, options):
        if reply := self.refuses_all or self._refusals.get(address):
            return reply
        if self.greylists_for:
            since = self._first_seen.setdefault(address, self.clock())
            if self.clock() - since < self.greylists_for:
                return "450 4.2.0 greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        while self.hangs:
            await asyncio.sleep(0.05)
        if self.drops:
            server.transport.abort()
            return ""
        message = message_from_bytes(envelope.content, policy=policy.default)
        mail = ReceivedMail(envelope.mail_from, list(envelope.rcpt_tos), message)
        self.mails.append(mail)
        for recipient in mail.recipients:
            self._by_recipient[recipient].append(mail)
        return "250 OK"
