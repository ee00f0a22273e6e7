"""What a workflow demands: requirements, checklists, which workflow is for what, emergencies."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.models import Orderable

from partners.models import Membership

from .page import KnowledgePage


class Checklist(ClusterableModel):
    """Questions that a reviewer answers. A change of its items is a new version."""

    key = models.SlugField(_("key"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    panels = [
        FieldPanel("title"),
        InlinePanel("items", heading=_("Questions"), label=_("Question"), min_num=1),
    ]

    class Meta:
        verbose_name = _("checklist")
        verbose_name_plural = _("checklists")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class ChecklistItem(Orderable):
    """A question; one marked *must* needs yes, or not applicable with a reason."""

    checklist = ParentalKey(Checklist, on_delete=models.CASCADE, related_name="items")
    key = models.SlugField(_("key"), max_length=80)
    question = models.CharField(_("question"), max_length=300)
    must = models.BooleanField(_("must be met"), default=True)

    panels = [FieldPanel("question", widget=AdminAutoHeightTextInput), FieldPanel("must")]

    class Meta(Orderable.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self) -> str:
        return self.question


class Requirement(models.Model):
    """Whose agreement a step needs, and how many of them."""

    class Scope(models.TextChoices):
        OWNER_PARTNER = "owner_partner", _("the owner")
        EACH_PARTNER = "each_partner", _("the owner and every co-author")
        EACH_SECTOR = "each_sector", _("both sectors")
        HUB = "hub", _("the whole hub")

    task = models.ForeignKey(
        "editorial.ApprovalTask",
        on_delete=models.CASCADE,
        related_name="requirements",
        verbose_name=_("step"),
    )
    key = models.SlugField(_("key"), max_length=80)
    role = models.CharField(_("role"), max_length=25, choices=Membership.Role.choices)
    specialism = models.CharField(
        _("specialism"), max_length=20, blank=True, choices=Membership.Specialism.choices
    )
    scope = models.CharField(_("of"), max_length=20, choices=Scope.choices)
    quorum = models.PositiveSmallIntegerField(_("people needed"), default=1)
    quorum_government = models.PositiveSmallIntegerField(_("from government"), default=1)
    quorum_civil_society = models.PositiveSmallIntegerField(_("from civil society"), default=1)
    page_types = models.JSONField(
        _("kinds"), default=list, blank=True, help_text=_("Empty: all kinds that come to the step.")
    )
    from_change_kind = models.CharField(
        _("from this kind of change on"),
        max_length=10,
        choices=KnowledgePage.ChangeKind.choices,
        default=KnowledgePage.ChangeKind.MINOR,
    )
    checklist = models.ForeignKey(
        Checklist,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("checklist"),
    )

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        ordering = ["task", "pk"]
        constraints = [models.UniqueConstraint(fields=["task", "key"], name="requirement_key")]

    def __str__(self) -> str:
        return f"{self.get_specialism_display() or self.get_role_display()} · {self.get_scope_display()}"

    @classmethod
    def tasks_with_questions(cls) -> set[int]:
        """Keys of the steps whose reviewers answer a checklist."""
        return set(cls.objects.exclude(checklist=None).values_list("task_id", flat=True))


class WorkflowRule(models.Model):
    """Which workflow content of a kind goes through. The rule that names the kind counts first."""

    class Situation(models.TextChoices):
        ORIGINAL = "original", _("original")
        JOINT = "joint", _("joint work of both sectors")
        TRANSLATION = "translation", _("translation")
        UPSTREAM_UPDATE = "upstream_update", _("update from the origin")
        EMERGENCY_REVIEW = "emergency_review", _("review after an emergency publication")
        HUB = "hub", _("without a partner that owns it")

    content_kind = models.CharField(
        _("kind of content"),
        max_length=100,
        blank=True,
        help_text=_("Model name such as guides.guidepage; empty for every kind."),
    )
    situation = models.CharField(_("situation"), max_length=20, choices=Situation.choices)
    workflow = models.ForeignKey(
        "wagtailcore.Workflow",
        on_delete=models.PROTECT,
        related_name="hub_rules",
        verbose_name=_("workflow"),
    )

    class Meta:
        verbose_name = _("rule: which workflow")
        verbose_name_plural = _("rules: which workflow")
        ordering = ["situation", "content_kind"]
        constraints = [
            models.UniqueConstraint(fields=["content_kind", "situation"], name="one_rule_a_case")
        ]

    def __str__(self) -> str:
        return f"{self.content_kind or '*'} · {self.get_situation_display()} → {self.workflow}"


class EmergencyPublication(models.Model):
    """Content that went live before its approval, and what became of it."""

    class State(models.TextChoices):
        OPEN = "open", _("approval pending")
        RATIFIED = "ratified", _("approved afterwards")
        REVERTED = "reverted", _("taken back")
        SUPERSEDED = "superseded", _("replaced by approved content")

    object_type = models.CharField(max_length=100)
    object_id = models.CharField(max_length=64)
    page_key = models.UUIDField(null=True)
    locale = models.CharField(max_length=35, blank=True)
    revision_id = models.PositiveBigIntegerField()
    content_hash = models.CharField(max_length=64)
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField(null=True, blank=True)
    ratify_due_at = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)

    class Meta:
        verbose_name = _("emergency publication")
        verbose_name_plural = _("emergency publications")
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["object_type", "object_id", "state"], name="emergency_object"),
            models.Index(fields=["state", "ratify_due_at"], name="emergency_due"),
        ]

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id}: {self.state}"
