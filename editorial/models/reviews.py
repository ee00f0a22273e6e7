"""When content has to be looked at again, who was asked, and what they answered."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from content.models import AppendOnly

from .page import KnowledgePage


class ReviewSchedule(models.Model):
    """The next check of one page in one language, or of one record.

    The truth about checks: ``checked_on`` of pages, ``assured_date`` of services and the columns of
    ``PageFacts`` follow this row. Whoever looks after the content is ``owner``; it starts as the page
    says and may be passed on without a new version of the page.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("in time")
        OVERDUE = "overdue", _("overdue")
        PAUSED = "paused", _("not published")

    object_type = models.CharField(max_length=100)
    object_id = models.CharField(max_length=64)
    page_key = models.UUIDField(null=True)
    locale = models.CharField(_("language"), max_length=35, blank=True)
    kind = models.CharField(_("kind"), max_length=20)
    title = models.CharField(_("title"), max_length=255)
    partner_id = models.PositiveBigIntegerField(_("partner"), null=True)
    is_translation = models.BooleanField(default=False)
    every_months = models.PositiveSmallIntegerField(_("every (months)"))
    due_on = models.DateField(_("due on"))
    edit_by = models.DateField(_("to be edited by"), null=True)
    last_reviewed_at = models.DateTimeField(_("last checked"), null=True)
    last_reviewed_by = models.UUIDField(null=True)
    last_reviewed_partner_id = models.PositiveBigIntegerField(null=True)
    last_hash = models.CharField(max_length=64, blank=True)
    source = models.CharField(_("taken over from"), max_length=2000, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("owner"),
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("deputy"),
    )
    # Whom the content named when it was last published: a new name there counts again.
    named_owner_id = models.PositiveBigIntegerField(null=True)
    on_expiry = models.CharField(
        max_length=30,
        choices=KnowledgePage.OnExpiry.choices,
        default=KnowledgePage.OnExpiry.NOTICE,
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ACTIVE)

    class Meta:
        verbose_name = _("review date")
        verbose_name_plural = _("review dates")
        ordering = ["due_on", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["object_type", "object_id"], name="one_review_schedule")
        ]
        indexes = [
            models.Index(fields=["state", "due_on"], name="review_due"),
            models.Index(fields=["partner_id", "due_on"], name="review_partner"),
            models.Index(fields=["page_key", "locale"], name="review_page"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.locale})" if self.locale else self.title

    @property
    def asked_on(self) -> date:
        """The day that reminders count from: a promised day, if it comes later, else the due day."""
        return max(self.due_on, self.edit_by) if self.edit_by else self.due_on

    @property
    def checked_on(self) -> date | None:
        """Day of the last check, in the hub's time zone."""
        return timezone.localdate(self.last_reviewed_at) if self.last_reviewed_at else None

    @property
    def days_overdue(self) -> int:
        return max((timezone.localdate() - self.due_on) // timedelta(days=1), 0)


class ReviewRung(models.Model):
    """A step of the ladder that has been taken: ``rung`` days after the asked day."""

    schedule = models.ForeignKey(ReviewSchedule, on_delete=models.CASCADE, related_name="rungs")
    asked_on = models.DateField()
    rung = models.SmallIntegerField()
    at = models.DateTimeField(default=timezone.now)
    recipients = models.JSONField(default=list)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["schedule", "asked_on", "rung"], name="one_rung_once")
        ]

    def __str__(self) -> str:
        return f"{self.schedule_id}: {self.asked_on} {self.rung:+}"


class ReviewAnswer(AppendOnly):
    """What one person answered about one text that was live at that moment."""

    class Answer(models.TextChoices):
        CORRECT = "correct", _("Still correct")
        WILL_EDIT = "will_edit", _("I will edit it")
        NOT_MINE = "not_mine", _("Not mine")

    class Road(models.TextChoices):
        MAIL = "mail"
        ADMIN = "admin"

    at = models.DateTimeField(default=timezone.now)
    on = models.DateField(default=timezone.localdate)
    schedule_id = models.PositiveBigIntegerField()
    object_type = models.CharField(max_length=100)
    object_id = models.CharField(max_length=64)
    page_key = models.UUIDField(null=True)
    locale = models.CharField(max_length=35, blank=True)
    partner_id = models.PositiveBigIntegerField(null=True)
    content_hash = models.CharField(max_length=64)
    due_on = models.DateField()
    actor_key = models.UUIDField()
    answer = models.CharField(max_length=10, choices=Answer.choices)
    edit_by = models.DateField(null=True)
    road = models.CharField(max_length=5, choices=Road.choices)

    class Meta(AppendOnly.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["object_type", "object_id", "at"], name="review_answer_object"),
            models.Index(fields=["schedule_id", "actor_key", "on"], name="review_answer_day"),
        ]

    def __str__(self) -> str:
        return f"{self.answer} {self.object_type} {self.object_id}"
