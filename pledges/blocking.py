"""The block list: networks, domains and addresses whose sign-ups wait for a look.

An entry has a key, and a sign-up has all keys under which it may be listed, so that one lookup by
equality decides. Of an address the key is a keyed hash: the list names nobody.
"""

import ipaddress

from django.db import transaction

from common import addresses, networks, trail
from common.models import Action
from pledges.models import Block, Pledge

WIDEST = {4: 8, 6: 16}  # bits; nobody means to block a larger part of the internet
LOOKED_AT = 100_000  # newest sign-ups, in a trial


def keys(canonical_address, network):
    """The keys under which a sign-up may be listed; `network` as it is kept, "" where unknown."""
    labels = canonical_address.rpartition("@")[2].split(".")
    found = [_of_address(canonical_address)]
    found += (".".join(labels[start:]) for start in range(len(labels)))
    if network:
        network = ipaddress.ip_network(network)
        narrowest, widest = _of_network(network), WIDEST[network.version]
        found += (narrowest[: 2 + bits] for bits in range(widest, network.prefixlen + 1))
    return found


def entry(kind, typed):
    """The key of what somebody typed, and how the list shows it. Raises ValueError."""
    match kind:
        case Block.Kind.NETWORK:
            network = networks.typed(typed)
            if network.prefixlen < WIDEST[network.version]:
                raise ValueError(f"wider than /{WIDEST[network.version]}")
            return _of_network(network), str(network)
        case Block.Kind.DOMAIN:
            domain = addresses.canonical_domain(typed.removeprefix("@"))
            return domain, domain
    return _of_address(addresses.canonical(typed)), addresses.masked(typed)


def _of_network(network):
    """`4:110010110…`: the longer of two such keys starts with the shorter where it lies within."""
    bits = f"{int(network.network_address):0{network.max_prefixlen}b}"
    return f"{network.version}:{bits[: network.prefixlen]}"


def _of_address(canonical_address):
    return addresses.keyed_hash(canonical_address).hex()


@transaction.atomic
def switch(block, is_on, *, actor, now):
    """Switches an entry on or off; harmless when repeated."""
    changed = Block.objects.filter(pk=block.pk, active_since__isnull=is_on)
    if changed.update(active_since=now if is_on else None):
        trail.record(actor, Action.SWITCHED_ON if is_on else Action.SWITCHED_OFF, block, now=now)


def would_have_held(block, *, since):
    """Pledges signed since then, of the newest LOOKED_AT."""
    recent = Pledge.objects.filter(created_at__gte=since).order_by("-created_at")
    if beyond := recent.values_list("created_at", flat=True)[LOOKED_AT : LOOKED_AT + 1]:
        recent = recent.filter(created_at__gt=beyond[0])
    match block.kind:
        case Block.Kind.NETWORK:
            return recent.from_network(block.shown)
        case Block.Kind.DOMAIN:
            return recent.at_domain(block.key)
    known = recent.filter(email_canonical__isnull=False).values_list("pk", "email_canonical")
    return recent.filter(pk__in=[pk for pk, known in known if _of_address(known) == block.key])
