"""The stops on the way to the goal: 10, 25, 50, 100, 250 and so on."""

STOPS = tuple(step * 10**power // 10 for power in range(1, 9) for step in (10, 25, 50))


def next_stop(count, goal):
    """The smallest stop above `count`, or the goal where that comes first or is reached.

    >>> next_stop(0, 1_000_000), next_stop(25, 1_000_000), next_stop(700_000, 800_000)
    (10, 50, 800000)
    >>> next_stop(1_200_000, 1_000_000)
    1000000
    """
    return min((stop for stop in STOPS if count < stop < goal), default=goal)


def passed(count):
    """The stops at or below `count`, in order.

    >>> passed(9), passed(60)
    ((), (10, 25, 50))
    """
    return tuple(stop for stop in STOPS if stop <= count)
