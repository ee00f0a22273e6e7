"""Steps of workflows. Each rule is asked again when somebody acts: buttons are no rules."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Task, TaskState

from partners.models import Membership


class ReviewState(TaskState):
    """A step that has been opened for one content."""

    content_hash = models.CharField(max_length=64, blank=True)
    due_on = models.DateField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    claimed_until = models.DateTimeField(null=True, blank=True)
    # What the automatic checks found: see ``editorial.checks``.
    findings = models.JSONField(default=list, blank=True)
    # People who wrote in it. For lists; the rule is asked anew when somebody votes.
    contributors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    # Partners of the content, for the lists of their people.
    partners = models.ManyToManyField("partners.Partner", related_name="+")


class Ask(models.Model):
    """Whose agreement an open step still waits for; made anew when content or votes change.

    Lists of waiting pages read these rows, whatever their number, in one query.
    """

    state = models.ForeignKey(ReviewState, on_delete=models.CASCADE, related_name="asks")
    requirement_key = models.CharField(max_length=80)
    role = models.CharField(max_length=25)
    specialism = models.CharField(max_length=20, blank=True)
    # None: people of the whole hub.
    partner = models.ForeignKey(
        "partners.Partner", null=True, on_delete=models.CASCADE, related_name="+"
    )
    sector = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=35, blank=True)
    missing = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["role", "partner", "missing"], name="ask_role")]

    def __str__(self) -> str:
        return f"{self.requirement_key}: {self.missing}"


class Step(Task):
    """What all steps have in common."""

    due_working_days = models.PositiveSmallIntegerField(_("working days"), default=5)
    remind_days_before = models.PositiveSmallIntegerField(
        _("remind this many days before"), default=1
    )
    escalate_after_days = models.PositiveSmallIntegerField(
        _("escalate this many days after"), default=3
    )
    escalate_role = models.CharField(
        _("escalate to"),
        max_length=25,
        choices=Membership.Role.choices,
        default=Membership.Role.HUB_ADMIN,
    )

    task_state_class = ReviewState
    step_fields = ["due_working_days", "remind_days_before", "escalate_after_days", "escalate_role"]
    admin_form_fields = [*Task.admin_form_fields, *step_fields]

    class Meta:
        abstract = True

    @property
    def lock_class(self) -> type:
        from editorial.desk.locks import ReviewLock

        return ReviewLock

    def start(self, workflow_state: Any, user: Any = None) -> ReviewState:
        from editorial.services.steps import open_step

        return open_step(self, workflow_state, user)

    def on_action(self, task_state: Any, user: Any, action_name: str, **kwargs: Any) -> None:
        """Act for somebody who pressed a button of Wagtail's editor.

        Raises:
            ReviewRefused: a rule stands against it.
        """
        from editorial.services.votes import act

        act(task_state.pk, user, action_name, **kwargs)

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        from editorial.models import Requirement
        from editorial.queries.reviewers import may_act

        state = obj.current_workflow_task_state
        if state is None or not may_act(state, user):
            return []
        # Questions are answered on the review screen.
        asks_questions = self.pk in Requirement.tasks_with_questions()
        approve = [] if asks_questions else [("approve", _("Approve"), False)]
        return [("reject", _("Request changes"), True), *approve]

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> Any:
        from editorial.queries.reviewers import states_waiting_for

        return TaskState.objects.filter(
            pk__in=states_waiting_for(user).filter(task_id=self.pk).values("pk")
        )

    def user_can_access_editor(self, obj: Any, user: Any) -> bool:
        """Reviewers open what they are asked about, whoever's section it stands in."""
        from editorial.queries.reviewers import is_asked

        state = obj.current_workflow_task_state
        return state is not None and is_asked(state, user)

    def locked_for_user(self, obj: Any, user: Any) -> bool:
        """Authors and editors go on writing during a review; reviewers only where the step says so."""
        from editorial.queries.reviewers import may_write

        return not (may_write(obj, user) or getattr(self, "allow_edit", False))


class AutomatedChecksTask(Step):
    """Runs the automatic checks; what they refuse goes back to the author."""

    class Meta:
        verbose_name = _("automatic checks")
        verbose_name_plural = _("automatic checks")

    def start(self, workflow_state: Any, user: Any = None) -> ReviewState:
        from editorial.services.steps import run_checks

        return run_checks(self, workflow_state, user)

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        return []

    @classmethod
    def get_description(cls) -> str:
        return gettext("Links, headings, alternative texts, phone numbers, dates and the like")


class ApprovalTask(Step):
    """One or more requirements, open at the same time."""

    claimable = models.BooleanField(_("can be claimed"), default=True)
    claim_days = models.PositiveSmallIntegerField(_("a claim ends after days"), default=2)
    allow_edit = models.BooleanField(_("reviewers may edit"), default=False)
    distinct_people = models.BooleanField(_("one person counts once"), default=True)

    admin_form_fields = [
        *Step.admin_form_fields, "claimable", "claim_days", "allow_edit", "distinct_people",
    ]  # fmt: skip

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")

    @classmethod
    def get_description(cls) -> str:
        return gettext("People with the roles of its requirements agree, none of them on own work")


class TranslationReviewTask(ApprovalTask):
    """A reviewer of the language agrees; refuses while a gate of the translation is shut."""

    class Meta:
        verbose_name = _("translation review")
        verbose_name_plural = _("translation reviews")


class FactCheckTask(Step):
    """Guests or specialists check facts; an approver closes the step, having seen their answers."""

    subject = models.CharField(
        _("subject"), max_length=20, blank=True, choices=Membership.Specialism.choices
    )
    optional = models.BooleanField(_("skipped when nobody was asked"), default=False)

    admin_form_fields = [*Step.admin_form_fields, "subject", "optional"]

    class Meta:
        verbose_name = _("fact check")
        verbose_name_plural = _("fact checks")

    def start(self, workflow_state: Any, user: Any = None) -> ReviewState:
        from editorial.services.steps import open_fact_check

        return open_fact_check(self, workflow_state, user)

    @classmethod
    def get_description(cls) -> str:
        return gettext("Guests or specialists answer; an approver of the owner closes the step")
