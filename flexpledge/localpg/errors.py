class LocalPostgresError(Exception):
    """The private server cannot be had; the message tells a person what to do."""
