import re

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import NullIf

from coalition.models import Member
from common import addresses, tokens
from pledges.models.expressions import IsWithin

LISTED = Q(shows_name=True) | Q(has_shown_voice=True)


class PledgeQuerySet(models.QuerySet):
    def standing(self):
        """Confirmed and neither withdrawn, invalidated nor in quarantine: what the count counts."""
        return self.filter(standing_country__isnull=False)

    def listed(self):
        """Standing, of people who asked us to show their name or gave a reason that we show."""
        return self.standing().filter(LISTED)

    def live(self):
        """Not withdrawn: whoever holds such a pledge is asked, mailed and found by address."""
        return self.filter(withdrawn_at=None)

    def unconfirmed(self):
        return self.live().filter(confirmed_at=None)

    def in_quarantine(self):
        """Suspicious, and staff decided nothing yet."""
        return self.live().filter(quarantined_at__isnull=False, invalidated_at=None)

    def awaiting_review(self):
        """In quarantine and confirmed: nobody needs to look at what would not count anyway."""
        return self.filter(state=self.model.State.QUARANTINED)

    def network_known(self):
        """Signed in the last 30 days: `housekeeping` forgets networks by then."""
        return self.filter(~Q(network=""))

    def from_network(self, network):
        """Signed from somewhere in this network (CIDR), as far as that is still known."""
        return self.network_known().filter(IsWithin(NullIf("network", Value("")), Value(network)))

    def at_domain(self, domain):
        """With an address at this domain (in its canonical form) or one below it."""
        return self.filter(email_canonical__regex=rf"[@.]{re.escape(domain)}$")

    def address_like(self, pattern):
        """With an address of this form, where * stands for anything: as typed or as compared."""
        regex = "^" + ".*".join(map(re.escape, pattern.split("*"))) + "$"
        return self.filter(Q(email__iregex=regex) | Q(email_canonical__iregex=regex))

    def through(self, code):
        """Came through the link of the supporter or coalition member with this code."""
        return self.filter(
            Q(referrer=self.model.objects.filter(code=code).values("pk")[:1])
            | Q(member=Member.objects.filter(code=code).values("pk")[:1])
        )

    def of(self, address):
        """The live pledge of whoever reads mail at this address."""
        return self.live().filter(email_canonical=addresses.canonical(address))

    def withdrawn(self):
        return self.filter(withdrawn_at__isnull=False)

    def by_token(self, purpose, token):
        """The one of these for which this token was made. Raises Pledge.DoesNotExist."""
        pledge = self.get(code=tokens.code_of(token))
        if not tokens.matches(token, purpose, pledge.code, pledge.epoch_of(purpose)):
            raise self.model.DoesNotExist
        return pledge
