from coalition.models.member import (
    AFFIRMED_FOR,
    FORMER_SHOWN_FOR,
    STATEMENT_MAX_LENGTH,
    Kind,
    Member,
    Size,
    Status,
)
from coalition.models.note import Note
from coalition.models.question import Question
from coalition.models.reason import DeclineReason
from coalition.models.revision import Revision

__all__ = [
    "AFFIRMED_FOR",
    "FORMER_SHOWN_FOR",
    "STATEMENT_MAX_LENGTH",
    "DeclineReason",
    "Kind",
    "Member",
    "Note",
    "Question",
    "Revision",
    "Size",
    "Status",
]
