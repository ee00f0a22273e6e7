"""What other parts of the workflow call."""

from editorial.factcheck.answers import (
    LinkEndedError,
    Said,
    answer_as_guest,
    answer_as_specialist,
)
from editorial.factcheck.closing import close, content_changed, finished, may_close
from editorial.factcheck.invitations import (
    InvitationRefusedError,
    blank,
    forget_addresses,
    invite,
    resend,
    revoke,
)
from editorial.factcheck.queries import (
    answers_of,
    closers,
    has_requests,
    open_requests,
    specialists_for,
)

__all__ = [
    "InvitationRefusedError",
    "LinkEndedError",
    "Said",
    "answer_as_guest",
    "answer_as_specialist",
    "answers_of",
    "blank",
    "close",
    "closers",
    "content_changed",
    "finished",
    "forget_addresses",
    "has_requests",
    "invite",
    "may_close",
    "open_requests",
    "resend",
    "revoke",
    "specialists_for",
]
