"""Log lines without the tokens that act for a person."""

import logging
import re

_TOKEN_IN_PATH = re.compile(
    r"(/(?:pledge/(?:confirm|mine|not-me)|unsubscribe|coalition/(?:confirm|edit|answer|reaffirm|stop)|blog/preview)/)[^/\s?\"']+"
)


class RedactingFormatter(logging.Formatter):
    """`time level logger message`, with tokens in addresses replaced by an ellipsis.

    Works on the finished line, so that arguments, tracebacks and third-party loggers are covered.
    """

    def __init__(self):
        super().__init__("{asctime} {levelname} {name} {message}", style="{")

    def format(self, record):
        return _TOKEN_IN_PATH.sub(r"\1…", super().format(record))
