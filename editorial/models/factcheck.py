"""Fact checks: whom we have asked about a text, and what they answered."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from content.models import AppendOnly
from partners.models import Membership

LINK_DAYS = 14


def in_two_weeks() -> datetime:
    return timezone.now() + timedelta(days=LINK_DAYS)


class FactCheckRequest(models.Model):
    """A guest who was asked to check one revision.

    The link that the guest got holds a random token; only its digest is kept here. ``actor_key``
    names the guest in evidence.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        EXPIRED = "expired", _("expired")
        REVOKED = "revoked", _("withdrawn")
        CHANGED = "changed", _("closed: the text has changed")
        FINISHED = "finished", _("closed: the fact check is over")

    object_type = models.CharField(max_length=100)
    object_id = models.CharField(max_length=64)
    page_key = models.UUIDField(null=True)
    task_state_id = models.PositiveBigIntegerField(null=True)
    revision_id = models.PositiveBigIntegerField()
    content_hash = models.CharField(max_length=64)
    subject = models.CharField(
        _("subject"), max_length=20, blank=True, choices=Membership.Specialism.choices
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=35)
    questions = models.JSONField(default=list)
    actor_key = models.UUIDField(default=uuid.uuid4)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(_("open until"), default=in_two_weeks)
    revoked_at = models.DateTimeField(null=True)
    closed_reason = models.CharField(max_length=10, blank=True, choices=State.choices)
    blanked_at = models.DateTimeField(null=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(default=timezone.now)
    sent_count = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = _("request for a fact check")
        verbose_name_plural = _("requests for fact checks")
        default_permissions = ()
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="fact_check_object"),
            models.Index(fields=["expires_at"], name="fact_check_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id}: {self.state}"

    @property
    def state(self) -> str:
        """What the row itself says; whether the text has changed since is asked of the text."""
        if self.revoked_at is not None:
            return self.State.REVOKED
        if self.closed_reason:
            return self.closed_reason
        if self.expires_at <= timezone.now():
            return self.State.EXPIRED
        return self.State.OPEN

    @property
    def state_label(self) -> str:
        return str(self.State(self.state).label)


class GuestAnswer(AppendOnly):
    """What a guest, or a specialist with an account, says about one content. Never an approval.

    Several answers of one person are several rows; the last one on a content counts.
    """

    class Verdict(models.TextChoices):
        CORRECT = "correct", _("correct")
        NEEDS_CHANGES = "needs_changes", _("needs changes")

    at = models.DateTimeField(default=timezone.now)
    request_id = models.PositiveBigIntegerField(null=True)
    task_state_id = models.PositiveBigIntegerField(null=True)
    object_type = models.CharField(max_length=100)
    object_id = models.CharField(max_length=64)
    page_key = models.UUIDField(null=True)
    locale = models.CharField(max_length=35, blank=True)
    partner_id = models.PositiveBigIntegerField(null=True)
    revision_id = models.PositiveBigIntegerField()
    content_hash = models.CharField(max_length=64)
    subject = models.CharField(max_length=20, blank=True)
    verdict = models.CharField(max_length=15, choices=Verdict.choices)
    comment = models.TextField(blank=True)
    block_comments = models.JSONField(default=dict)
    actor_key = models.UUIDField()

    class Meta(AppendOnly.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["object_type", "object_id", "content_hash"], name="guest_object"),
            models.Index(fields=["request_id"], name="guest_request"),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.object_type} {self.object_id}"
