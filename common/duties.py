"""Background work of apps that the worker does not know: registered in `AppConfig.ready()`.

A duty takes no arguments, does what is due, and may be stopped at any moment and called again.
"""

_registered = []


def register(*duties):
    _registered.extend(duties)


def registered():
    return tuple(_registered)
