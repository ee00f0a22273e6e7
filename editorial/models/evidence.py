"""Votes and answers: rows that are never changed (``content.models.evidence``)."""

from django.db import models
from django.utils import timezone

from content.models import AppendOnly


class ApprovalVote(AppendOnly):
    """What one person said about one requirement of one step, on one content.

    ``partner_ids`` are the partners for whom the person could vote at that moment. Whether they still
    may is asked again when votes are counted.
    """

    class Decision(models.TextChoices):
        APPROVE = "approve"
        REJECT = "reject"

    at = models.DateTimeField(default=timezone.now)
    task_state_id = models.PositiveBigIntegerField()
    requirement_key = models.CharField(max_length=80)
    object_type = models.CharField(max_length=100)
    object_id = models.CharField(max_length=64)
    page_key = models.UUIDField(null=True)
    locale = models.CharField(max_length=35, blank=True)
    partner_id = models.PositiveBigIntegerField(null=True)
    partner_ids = models.JSONField(default=list)
    revision_id = models.PositiveBigIntegerField()
    content_hash = models.CharField(max_length=64)
    actor_key = models.UUIDField()
    on_behalf_of = models.UUIDField(null=True)
    decision = models.CharField(max_length=10, choices=Decision.choices)
    comment = models.TextField(blank=True)

    class Meta(AppendOnly.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["task_state_id", "requirement_key", "actor_key", "content_hash"],
                name="vote_once",
            )
        ]
        indexes = [
            models.Index(fields=["object_type", "object_id", "at"], name="vote_object"),
        ]

    def __str__(self) -> str:
        return f"{self.decision} {self.requirement_key}"


class ChecklistAnswer(AppendOnly):
    """What a reviewer answered to one item of a checklist, on one content."""

    class Answer(models.TextChoices):
        YES = "yes"
        NO = "no"
        NOT_APPLICABLE = "not_applicable"

    at = models.DateTimeField(default=timezone.now)
    task_state_id = models.PositiveBigIntegerField()
    requirement_key = models.CharField(max_length=80)
    checklist_key = models.CharField(max_length=80)
    checklist_version = models.PositiveIntegerField()
    item_key = models.CharField(max_length=80)
    content_hash = models.CharField(max_length=64)
    actor_key = models.UUIDField()
    answer = models.CharField(max_length=20, choices=Answer.choices)
    reason = models.TextField(blank=True)

    class Meta(AppendOnly.Meta):
        abstract = False
        indexes = [models.Index(fields=["task_state_id", "content_hash"], name="answer_state")]

    def __str__(self) -> str:
        return f"{self.item_key}: {self.answer}"
