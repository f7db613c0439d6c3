"""How many people came through a member's link: counted by the app above, which says how."""

_counts = []


def counted_by(count):
    """Registers a function of a member; called once, when the app above starts."""
    _counts[:] = [count]


def people_through(member):
    return sum(count(member) for count in _counts)
