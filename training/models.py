"""Training: courses in modules, units with self-checks, sessions that took place."""

from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField

from content.blocks import ItemsBlock
from content.keys import ordered_keys
from content.models.base import facts, texts
from content.richtext import FEATURES
from content.story import StoryField
from editorial.models import KnowledgePage, knowledge_panels
from partners.indexes import IndexPage
from training.blocks import OutlineBlock, UnitStoryBlock


class CourseIndexPage(IndexPage):
    section_title = "Training"
    section_slug = "training"

    subpage_types = ["training.CoursePage", "training.SessionPage"]

    class Meta:
        verbose_name = _("training section")
        verbose_name_plural = _("training sections")


class CoursePage(KnowledgePage):
    """A course. Its modules are blocks with an anchor each; a unit may belong to several courses."""

    kind = "course"
    schema_type = "Course"

    class Access(models.TextChoices):
        PUBLIC = "public", _("Open to everybody")
        SIGN_IN = "sign_in", _("After signing in")
        COHORT = "cohort", _("For a group")

    outcomes = StoryField(ItemsBlock(), blank=True, verbose_name=_("what you will be able to do"))
    prerequisites_text = models.TextField(_("what you need first"), blank=True)
    access = models.CharField(
        _("access"), max_length=10, choices=Access.choices, default=Access.PUBLIC
    )
    est_minutes = models.PositiveIntegerField(_("minutes in all"), null=True, blank=True)
    modules = StoryField(OutlineBlock(), blank=True, verbose_name=_("modules"))
    contact_note = models.CharField(_("questions go to"), max_length=300, blank=True)

    edit_handler = knowledge_panels(
        FieldPanel("outcomes"),
        FieldPanel("prerequisites_text"),
        MultiFieldPanel(
            [FieldPanel("access"), FieldPanel("est_minutes"), FieldPanel("contact_note")],
            heading=_("Taking part"),
        ),
        FieldPanel("modules"),
    )
    override_translatable_fields = [
        *KnowledgePage.override_translatable_fields,
        *facts("access", "est_minutes"),
        *texts("outcomes", "prerequisites_text", "contact_note", "modules"),
    ]

    parent_page_types = ["training.CourseIndexPage"]
    subpage_types = ["training.UnitPage", "training.SessionPage"]

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    def card_data(self) -> dict[str, Any]:
        return {"minutes": self.est_minutes, "order": ordered_keys(self.modules.raw_data)}

    def kind_context(self, request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
        from training.queries import course_context

        return course_context(self, context)


class UnitPage(KnowledgePage):
    """What is learned in one sitting, with questions that readers answer for themselves."""

    kind = "unit"
    schema_type = "LearningResource"

    objectives = StoryField(ItemsBlock(), blank=True, verbose_name=_("objectives"))
    key_points = StoryField(ItemsBlock(), blank=True, verbose_name=_("key points"))
    teaching_minutes = models.PositiveIntegerField(_("minutes of reading"), null=True, blank=True)
    exercise_minutes = models.PositiveIntegerField(_("minutes of exercises"), null=True, blank=True)
    time_required = models.CharField(_("time needed"), max_length=200, blank=True)
    prerequisites_text = models.TextField(_("what you need first"), blank=True)
    materials = RichTextField(_("materials"), features=FEATURES, blank=True)
    body = StoryField(UnitStoryBlock(), blank=True, verbose_name=_("body"))

    edit_handler = knowledge_panels(
        FieldPanel("objectives"),
        MultiFieldPanel(
            [
                FieldPanel("teaching_minutes"),
                FieldPanel("exercise_minutes"),
                FieldPanel("time_required"),
            ],
            heading=_("Time"),
        ),
        FieldPanel("prerequisites_text"),
        FieldPanel("materials"),
        FieldPanel("body"),
        FieldPanel("key_points"),
        body=False,
    )
    override_translatable_fields = [
        *KnowledgePage.override_translatable_fields,
        *facts("teaching_minutes", "exercise_minutes"),
        *texts("objectives", "key_points", "time_required", "prerequisites_text", "materials"),
    ]

    parent_page_types = ["training.CoursePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")

    def card_data(self) -> dict[str, Any]:
        return {"minutes": self.minutes}

    @property
    def minutes(self) -> int | None:
        """Reading and exercises together, None when neither is known."""
        parts = [m for m in (self.teaching_minutes, self.exercise_minutes) if m is not None]
        return sum(parts) if parts else None

    def kind_context(self, request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
        from training.queries import unit_context

        return unit_context(self, context)


class SessionPage(KnowledgePage):
    """An event that took place or will: when, by whom, recording and transcript."""

    kind = "session"
    schema_type = "Event"

    starts = models.DateTimeField(_("begins"))
    ends = models.DateTimeField(_("ends"), null=True, blank=True)
    timezone = models.CharField(_("time zone"), max_length=60, default="UTC")
    host = models.CharField(_("host"), max_length=255, blank=True)
    organizer = models.CharField(_("organised by"), max_length=255, blank=True)
    platform = models.CharField(_("platform"), max_length=100, blank=True)
    place = models.CharField(_("place"), max_length=255, blank=True)
    interpretation = models.CharField(_("interpretation"), max_length=255, blank=True)
    join_url = models.URLField(_("address to join"), max_length=1000, blank=True)
    registration_url = models.URLField(_("address to register"), max_length=1000, blank=True)
    recording = models.URLField(_("recording"), max_length=1000, blank=True)
    transcript = RichTextField(_("transcript"), features=FEATURES, blank=True)

    edit_handler = knowledge_panels(
        MultiFieldPanel(
            [FieldPanel("starts"), FieldPanel("ends"), FieldPanel("timezone")], heading=_("Time")
        ),
        MultiFieldPanel(
            [
                FieldPanel("host"),
                FieldPanel("organizer"),
                FieldPanel("platform"),
                FieldPanel("place"),
                FieldPanel("interpretation"),
                FieldPanel("join_url"),
                FieldPanel("registration_url"),
            ],
            heading=_("Taking part"),
        ),
        FieldPanel("recording"),
        FieldPanel("transcript"),
    )
    override_translatable_fields = [
        *KnowledgePage.override_translatable_fields,
        *facts(
            "starts", "ends", "timezone", "host", "organizer", "platform", "join_url",
            "registration_url", "recording",
        ),
        *texts("place", "interpretation", "transcript"),
    ]  # fmt: skip

    parent_page_types = ["training.CourseIndexPage", "training.CoursePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def clean(self) -> None:
        super().clean()
        if self.starts and self.ends and self.ends < self.starts:
            raise ValidationError({"ends": _("The end lies before the start.")})

    def card_data(self) -> dict[str, Any]:
        # Wall-clock time of the place where it is held: what cards show needs no conversion.
        local = self.starts.astimezone(self.zone).replace(tzinfo=None)
        return {"starts": local.isoformat(), "recording": bool(self.recording)}

    @property
    def zone(self) -> tzinfo:
        """Time zone of the session; the hub's when the name is unknown."""
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            return timezone.get_default_timezone()

    def kind_context(self, request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
        from training.queries import session_context

        return session_context(self, context)
