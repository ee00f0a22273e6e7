"""Modules of a course, and questions by which readers check themselves."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from content.blocks import FactCharBlock, PageListBlock, RichBlock
from content.blocks.story import RestrictedBlock
from partners.blocks import RecordStoryBlock
from training.questions import (
    check_choice,
    check_choices,
    check_number,
    check_text,
    check_true_false,
)

QUESTIONS = _("Questions")


class ModuleBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=255, label=_("Title"))
    objectives = blocks.ListBlock(
        blocks.CharBlock(max_length=500), required=False, default=[], label=_("Objectives")
    )
    items = PageListBlock(required=False, label=_("Units and sessions"))

    class Meta:
        icon = "folder-open-1"
        label = _("Module")
        template = "blocks/module.html"
        preview_value = {"title": "First steps", "objectives": ["Say who decides"], "items": []}


class OutlineBlock(blocks.StreamBlock):
    module = ModuleBlock()

    class Meta:
        required = False


class QuestionBlock(blocks.StructBlock):
    """A question of a unit. ``evaluate_answers`` answers a reader's form; nothing is kept."""

    prompt = RichBlock(label=_("Question"))
    help = blocks.CharBlock(required=False, max_length=500, label=_("Help"))
    explanation = RichBlock(required=False, label=_("Explanation"))

    def evaluate_answers(
        self, value: Any, block_id: str, data: Mapping[str, str]
    ) -> dict[str, Any]:
        """Return ``{"answered", "correct", "answers"}``; fields are named by the block id."""
        given = self.given(block_id, data)
        answered = any(answer.strip() for answer in given)
        return {
            "answered": answered,
            "correct": answered and self.is_correct(value, given),
            "answers": given,
        }

    def given(self, block_id: str, data: Any) -> list[str]:
        return list(data.getlist(block_id)) if hasattr(data, "getlist") else [data[block_id]]

    def is_correct(self, value: Any, given: list[str]) -> bool:
        raise TypeError(f"{type(self).__name__} does not say what is correct")


class OptionBlock(blocks.StructBlock):
    text = blocks.CharBlock(max_length=500, label=_("Answer"))
    correct = blocks.BooleanBlock(required=False, label=_("Correct"))
    feedback = blocks.CharBlock(required=False, max_length=500, label=_("Feedback"))

    class Meta:
        icon = "tick"


class OptionsQuestionBlock(QuestionBlock):
    options = blocks.ListBlock(OptionBlock(), min_num=2, label=_("Answers"))

    def correct_ids(self, value: Any) -> set[str]:
        return {bound.id for bound in value["options"].bound_blocks if bound.value["correct"]}


OPTIONS_PREVIEW = {
    "prompt": "<p>When do you publish minutes?</p>",
    "help": "",
    "explanation": "<p>People decide by them.</p>",
    "options": [
        {"text": "Within a week", "correct": True, "feedback": ""},
        {"text": "When asked", "correct": False, "feedback": "Nobody asks twice."},
    ],
}


class SingleChoiceBlock(OptionsQuestionBlock):
    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if len(self.correct_ids(cleaned)) != 1:
            raise blocks.StructBlockValidationError(
                {"options": ValidationError(_("Mark exactly one answer as correct."))}
            )
        return cleaned

    def is_correct(self, value: Any, given: list[str]) -> bool:
        return check_choice(self.correct_ids(value), given)

    class Meta:
        icon = "radio-full"
        group = QUESTIONS
        label = _("One answer")
        description = _("A question with one correct answer.")
        template = "blocks/single_choice.html"
        preview_value = OPTIONS_PREVIEW


class MultipleChoiceBlock(OptionsQuestionBlock):
    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not self.correct_ids(cleaned):
            raise blocks.StructBlockValidationError(
                {"options": ValidationError(_("Mark at least one answer as correct."))}
            )
        return cleaned

    def is_correct(self, value: Any, given: list[str]) -> bool:
        return check_choices(self.correct_ids(value), given)

    class Meta:
        icon = "check"
        group = QUESTIONS
        label = _("Several answers")
        description = _("A question with one or more correct answers.")
        template = "blocks/multiple_choice.html"
        preview_value = OPTIONS_PREVIEW


class TrueFalseBlock(QuestionBlock):
    correct = blocks.BooleanBlock(required=False, label=_("It is true"))

    def is_correct(self, value: Any, given: list[str]) -> bool:
        return check_true_false(value["correct"], given)

    class Meta:
        icon = "tick-inverse"
        group = QUESTIONS
        label = _("True or false")
        description = _("A statement that is true or false.")
        template = "blocks/true_false.html"
        preview_value = {
            "prompt": "<p>A draft is public.</p>",
            "help": "",
            "explanation": "",
            "correct": False,
        }


class NumberBlock(QuestionBlock):
    correct = FactCharBlock(max_length=40, label=_("Correct number"))
    tolerance = FactCharBlock(required=False, max_length=40, default="0", label=_("± tolerance"))
    unit = blocks.CharBlock(required=False, max_length=40, label=_("Unit"))

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        for name in ("correct", "tolerance"):
            if not _is_number(cleaned[name] or "0"):
                raise blocks.StructBlockValidationError(
                    {name: ValidationError(_("Give a number."))}
                )
        return cleaned

    def is_correct(self, value: Any, given: list[str]) -> bool:
        return check_number(value["correct"], value["tolerance"] or "0", given)

    class Meta:
        icon = "order"
        group = QUESTIONS
        label = _("A number")
        description = _("A question answered with a number, within a tolerance.")
        template = "blocks/number.html"
        preview_value = {
            "prompt": "<p>How many days until the answer must be out?</p>",
            "help": "",
            "explanation": "",
            "correct": "10",
            "tolerance": "0",
            "unit": "days",
        }


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


class ShortTextBlock(QuestionBlock):
    accepted = blocks.ListBlock(
        blocks.CharBlock(max_length=200), min_num=1, label=_("Accepted answers")
    )

    def is_correct(self, value: Any, given: list[str]) -> bool:
        return check_text(list(value["accepted"]), given)

    class Meta:
        icon = "edit"
        group = QUESTIONS
        label = _("A short text")
        description = _("A question answered with a word or two.")
        template = "blocks/short_text.html"
        preview_value = {
            "prompt": "<p>Who signs the agreement for the city?</p>",
            "help": "",
            "explanation": "",
            "accepted": ["The mayor", "Mayor"],
        }


class UnitRecordStoryBlock(RecordStoryBlock):
    single_choice = SingleChoiceBlock()
    multiple_choice = MultipleChoiceBlock()
    true_false = TrueFalseBlock()
    number = NumberBlock()
    short_text = ShortTextBlock()


class UnitRestrictedBlock(RestrictedBlock):
    body = UnitRecordStoryBlock(required=True, label=_("Blocks"))


class UnitStoryBlock(UnitRecordStoryBlock):
    """The body of a unit: the shared catalogue and questions."""

    restricted = UnitRestrictedBlock(
        preview_value={
            "audience": "instructors",
            "body": [{"type": "text", "value": "<p>Allow five minutes of silence.</p>"}],
        }
    )
