from pledges.models.activity import Activity, Sinking
from pledges.models.block import Block
from pledges.models.cleanup import Cleanup
from pledges.models.expressions import ArrayAppend, IsDistinctFrom, MailDomain
from pledges.models.ledger import LedgerEntry, Recount
from pledges.models.new_address import NewAddress
from pledges.models.pledge import SHOWS_NAME, STANDING, Pledge, Suspicion
from pledges.models.quarantine import QuarantinedPledge
from pledges.models.queryset import LISTED, PledgeQuerySet
from pledges.models.tally import Milestone, Tally, TallyQuerySet
from pledges.models.voice import Voice, VoiceDeclineReason, VoiceQuerySet

__all__ = [
    "Activity",
    "Sinking",
    "LISTED",
    "SHOWS_NAME",
    "STANDING",
    "ArrayAppend",
    "Block",
    "Cleanup",
    "IsDistinctFrom",
    "LedgerEntry",
    "MailDomain",
    "Milestone",
    "NewAddress",
    "Pledge",
    "PledgeQuerySet",
    "QuarantinedPledge",
    "Recount",
    "Suspicion",
    "Tally",
    "TallyQuerySet",
    "Voice",
    "VoiceDeclineReason",
    "VoiceQuerySet",
]
