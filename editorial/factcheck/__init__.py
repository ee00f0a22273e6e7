"""Fact checks by guests and specialists: invitations, their answers, and how a check ends."""
