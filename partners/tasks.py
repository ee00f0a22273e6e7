"""Timed work about people."""

from datetime import time

from content.jobs.registry import BULK, Daily, handler
from partners.services import invitations, memberships


@handler("partners.end_memberships", queue=BULK, clock=Daily(time(0, 1)))
def end_memberships() -> None:
    """Let memberships begin and end by their dates, also of people who never sign in."""
    memberships.end_by_date()


@handler("partners.forget_invitations", queue=BULK, clock=Daily(time(3, 15)))
def forget_invitations() -> None:
    """Delete invitations that were settled or expired long ago, with the addresses in them."""
    invitations.forget_old()
