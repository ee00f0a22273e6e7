"""What holds and how it is shown: claims of lessons, requirements of toolkits."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from content.blocks.fields import FactCharBlock, SentenceBlock

EVIDENCE = _("Evidence")


class ClaimBlock(blocks.StructBlock):
    """One measured result. ``source`` and ``measured_by`` decide the evidence level of a lesson."""

    indicator = blocks.CharBlock(max_length=300, label=_("What was measured"))
    population = blocks.CharBlock(required=False, max_length=300, label=_("Of whom"))
    baseline = FactCharBlock(required=False, max_length=100, label=_("Before"))
    result = FactCharBlock(max_length=100, label=_("After"))
    period = FactCharBlock(required=False, max_length=100, label=_("Period"))
    comparison = blocks.CharBlock(required=False, max_length=300, label=_("Compared with"))
    source = FactCharBlock(required=False, max_length=500, label=_("Source"))
    measured_by = FactCharBlock(required=False, max_length=200, label=_("Measured by"))

    class Meta:
        icon = "success"
        group = EVIDENCE
        label = _("Claim")
        description = _("A result with figures, period, comparison and source.")
        template = "blocks/claim.html"
        preview_value = {
            "indicator": "Days until the first answer",
            "population": "All applications",
            "baseline": "31",
            "result": "9",
            "period": "2024",
            "comparison": "",
            "source": "Case system",
            "measured_by": "",
        }


class RequirementItemBlock(blocks.StructBlock):
    level = blocks.ChoiceBlock(
        choices=[("must", _("Must")), ("should", _("Should")), ("may", _("Optional"))],
        default="must",
        label=_("Level"),
    )
    text = SentenceBlock(label=_("Requirement"))

    class Meta:
        icon = "tick"


class RoleTasksBlock(blocks.StructBlock):
    role = blocks.CharBlock(max_length=200, label=_("Role"))
    tasks = blocks.ListBlock(SentenceBlock(), label=_("What to do"))

    class Meta:
        icon = "group"


class RequirementBlock(blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=200, label=_("Title"))
    items = blocks.ListBlock(
        RequirementItemBlock(), required=False, default=[], label=_("Requirements")
    )
    how_to_test = blocks.ListBlock(
        SentenceBlock(), required=False, default=[], label=_("How to test")
    )
    by_role = blocks.ListBlock(
        RoleTasksBlock(), required=False, default=[], label=_("What each role does")
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not any(len(cleaned[name]) for name in ("items", "how_to_test", "by_role")):
            raise blocks.StructBlockValidationError(
                {"items": ValidationError(_("Give a requirement, a test or a task."))}
            )
        return cleaned

    class Meta:
        icon = "clipboard-list"
        group = EVIDENCE
        label = _("Requirement")
        description = _("What must, should or may hold, how to test it and who does what.")
        template = "blocks/requirement.html"
        preview_value = {
            "title": "Requirements",
            "items": [{"level": "must", "text": "<p>Publish the decision.</p>"}],
            "how_to_test": ["<p>Open the page without an account.</p>"],
            "by_role": [{"role": "Managers", "tasks": ["<p>Plan the time for it.</p>"]}],
        }
