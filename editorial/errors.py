"""What the workflow answers to those who ask for too much."""

from django.core.exceptions import PermissionDenied


class ReviewRefused(PermissionDenied):
    """A rule of the workflow stands against what somebody tried; the message says which."""
