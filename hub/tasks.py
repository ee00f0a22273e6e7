"""Timed work of the hub as a whole."""

from datetime import time

from content.jobs.registry import BULK, Daily, handler
from hub import signin


@handler("hub.forget_failed_sign_ins", queue=BULK, clock=Daily(time(3, 25)))
def forget_failed_sign_ins() -> None:
    """Delete old counts of wrong passwords, with the addresses in them."""
    signin.forget_old()
