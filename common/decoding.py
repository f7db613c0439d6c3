"""Decoding a picture may take 300 MB, so the threads of a process take turns at it.

There is a process for each core, so nobody waits longer than where all decode at once.
"""

import functools
import threading

_turn = threading.RLock()  # one may call another


def one_at_a_time(decode):
    """No two functions with this decorator run at once in two threads."""

    @functools.wraps(decode)
    def alone(*args, **kwargs):
        with _turn:
            return decode(*args, **kwargs)

    return alone
