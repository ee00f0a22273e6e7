"""Things to do: checklists, questions, steps, exercises."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from content.blocks.fields import RichBlock, SentenceBlock
from content.blocks.inner import InnerStoryBlock

DOING = _("Things to do")


class ChecklistItemBlock(blocks.StructBlock):
    text = SentenceBlock(label=_("Item"))
    help = blocks.CharBlock(required=False, max_length=500, label=_("Help"))
    must = blocks.BooleanBlock(required=False, label=_("Must be done"))

    class Meta:
        icon = "tick"


class ChecklistBlock(blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=200, label=_("Title"))
    items = blocks.ListBlock(ChecklistItemBlock(), label=_("Items"))

    class Meta:
        icon = "tasks"
        group = DOING
        label = _("Checklist")
        description = _("Items that a team ticks off, in any order.")
        template = "blocks/checklist.html"
        preview_value = {
            "title": "Before you start",
            "items": [{"text": "<p>Name one person who decides.</p>", "help": "", "must": True}],
        }


class KeyQuestionsBlock(blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=200, label=_("Title"))
    questions = blocks.ListBlock(SentenceBlock(), label=_("Questions"))

    class Meta:
        icon = "help"
        group = DOING
        label = _("Key questions")
        description = _("Questions that a team should be able to answer.")
        template = "blocks/key_questions.html"
        preview_value = {"title": "Ask yourselves", "questions": ["<p>Who is left out?</p>"]}


class StepOptionBlock(blocks.StructBlock):
    label = blocks.CharBlock(max_length=200, label=_("Option"))
    body = RichBlock(required=False, label=_("What to do"))

    class Meta:
        icon = "list-ul"


class StepBlock(blocks.StructBlock):
    heading = blocks.CharBlock(required=False, max_length=300, label=_("Step"))
    body = RichBlock(required=False, label=_("What to do"))
    who = blocks.CharBlock(required=False, max_length=200, label=_("Who"))
    duration = blocks.CharBlock(required=False, max_length=100, label=_("How long"))
    what_next = blocks.CharBlock(required=False, max_length=300, label=_("What happens next"))
    options = blocks.ListBlock(StepOptionBlock(), required=False, default=[], label=_("Options"))

    class Meta:
        icon = "list-ol"


class NumberedStepsBlock(blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=200, label=_("Title"))
    steps = blocks.ListBlock(StepBlock(), label=_("Steps"))

    class Meta:
        icon = "list-ol"
        group = DOING
        label = _("Numbered steps")
        description = _("What to do in which order: who, how long, what happens next.")
        template = "blocks/numbered_steps.html"
        preview_value = {
            "title": "How to apply",
            "steps": [
                {
                    "heading": "Fill in the form",
                    "body": "<p>It has two pages.</p>",
                    "who": "You",
                    "duration": "10 minutes",
                    "what_next": "You get a letter within a week.",
                    "options": [],
                }
            ],
        }


class ExerciseBlock(blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=200, label=_("Title"))
    task = InnerStoryBlock(label=_("Task"))
    hint = RichBlock(required=False, label=_("Hint"))
    solution = InnerStoryBlock(required=False, label=_("Solution"))
    minutes = blocks.IntegerBlock(required=False, min_value=1, label=_("Minutes"))

    class Meta:
        icon = "edit"
        group = DOING
        label = _("Exercise")
        description = _("A task with a hint and a solution that opens on demand; not graded.")
        template = "blocks/exercise.html"
        preview_value = {
            "title": "",
            "task": [{"type": "text", "value": "<p>Rewrite this letter in 80 words.</p>"}],
            "hint": "<p>Start with what the reader must do.</p>",
            "solution": [{"type": "text", "value": "<p>Pay 20 dollars by 3 May.</p>"}],
            "minutes": 10,
        }
