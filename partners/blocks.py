"""Blocks that show records. Their values hold ids; the page loads all its records at once."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from content.blocks import FactCharBlock, RecordBlock, RichBlock, SentenceBlock, StoryBlock
from content.blocks.story import RestrictedBlock
from partners.eligibility import Question, broken_targets, evaluate
from partners.models.service import Channel

SERVICES = _("Services")


class RecordsMixin:
    """Puts the records that a block names into its template context, in the page's language."""

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        from partners.queries import Records

        context = super().get_context(value, parent_context)
        records = context.get("records")
        if records is None:
            records = context["records"] = Records.on_demand(context.get("page"))
        for name in ("service", "contact", "location"):
            reference = value.get(name) if hasattr(value, "get") else None
            context[name] = getattr(records, name)(reference)
        return context


class ContactBlock(RecordsMixin, blocks.StructBlock):
    contact = RecordBlock("partners.Contact", required=False, label=_("Contact"))
    service = RecordBlock("partners.Service", required=False, label=_("Service"))
    location = RecordBlock("partners.Location", required=False, label=_("Location"))
    note = blocks.CharBlock(required=False, max_length=500, label=_("Note"))

    is_local_slot = True
    is_critical = True

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not any(cleaned[name] for name in ("contact", "service", "location")):
            raise blocks.StructBlockValidationError(
                {"contact": ValidationError(_("Choose a contact, a service or a location."))}
            )
        return cleaned

    class Meta:
        icon = "mail"
        group = SERVICES
        label = _("Contact")
        description = _("How to reach somebody; phone and address come from the record.")
        template = "blocks/contact.html"
        preview_value = {"contact": None, "service": None, "location": None, "note": "Ask for us"}


class LocationsBlock(RecordsMixin, blocks.StructBlock):
    service = RecordBlock("partners.Service", label=_("Service"))
    note = blocks.CharBlock(required=False, max_length=500, label=_("Note"))

    is_local_slot = True
    is_critical = True

    class Meta:
        icon = "site"
        group = SERVICES
        label = _("Locations")
        description = _("Where the service is given: address, hours, access, transport.")
        template = "blocks/locations.html"
        preview_value = {"service": None, "note": "Ring at the side door."}


class ChannelBlock(RecordsMixin, blocks.StructBlock):
    channel = blocks.ChoiceBlock(choices=Channel.choices, label=_("Way"))
    service = RecordBlock("partners.Service", required=False, label=_("Service"))
    url_key = FactCharBlock(
        required=False,
        max_length=60,
        label=_("Key of the address"),
        help_text=_("Empty: the service's address to apply at."),
    )
    link_label = blocks.CharBlock(required=False, max_length=200, label=_("Text of the link"))
    english_only = blocks.BooleanBlock(required=False, label=_("That page is in English only"))
    body = RichBlock(required=False, label=_("What to do"))

    class Meta:
        icon = "arrow-right"


class HowToApplyBlock(blocks.StructBlock):
    channels = blocks.ListBlock(ChannelBlock(), label=_("Ways to apply"))

    is_local_slot = True
    is_critical = True

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        from partners.queries import Records, channel_rows

        context = super().get_context(value, parent_context)
        records = context.get("records") or Records.on_demand(context.get("page"))
        body = getattr(context.get("page"), "body", None)
        follow = body is not None and any(raw["type"] == "locations" for raw in body.raw_data)
        context["channels"] = channel_rows(value["channels"], records, places_follow=follow)
        return context

    class Meta:
        icon = "form"
        group = SERVICES
        label = _("How to apply")
        description = _("Online, in person, by phone, by post: each way with its address.")
        template = "blocks/how_to_apply.html"
        preview_value = {
            "channels": [
                {
                    "channel": "in_person",
                    "service": None,
                    "url_key": "",
                    "link_label": "",
                    "english_only": False,
                    "body": "<p>Come to the front desk.</p>",
                }
            ]
        }


class AnswerBlock(blocks.StructBlock):
    value = FactCharBlock(max_length=200, label=_("Value"))
    label = blocks.CharBlock(max_length=500, label=_("Answer"))
    leads_to = FactCharBlock(
        max_length=200,
        default="next",
        label=_("Leads to"),
        help_text=_("next, likely, unlikely, ask, or the key of another question"),
    )

    class Meta:
        icon = "arrow-right"


class QuestionBlock(blocks.StructBlock):
    criterion = FactCharBlock(max_length=200, label=_("Key of the question"))
    label = blocks.CharBlock(max_length=1000, label=_("Question"))
    answers = blocks.ListBlock(AnswerBlock(), label=_("Answers"))
    none_leads_to = FactCharBlock(
        max_length=200, default="unlikely", label=_("“None of these” leads to")
    )
    unknown_leads_to = FactCharBlock(
        max_length=200, default="ask", label=_("“I don't know” leads to")
    )

    class Meta:
        icon = "help"


class EligibilityValue(blocks.StructValue):
    def rules(self) -> list[Question]:
        """The questions as plain rules."""
        return [
            Question(
                criterion=question["criterion"],
                leads={answer["value"]: answer["leads_to"] for answer in question["answers"]},
                none_leads_to=question["none_leads_to"] or "unlikely",
                unknown_leads_to=question["unknown_leads_to"] or "ask",
            )
            for question in self["questions"]
        ]


class EligibilityBlock(RecordsMixin, blocks.StructBlock):
    """One definition for the page, the self-check without an account and the call-taker's script."""

    title = blocks.CharBlock(required=False, max_length=200, label=_("Title"))
    intro = RichBlock(required=False, label=_("Introduction"))
    service = RecordBlock("partners.Service", required=False, label=_("Service (for ages)"))
    criteria = blocks.ListBlock(
        SentenceBlock(), required=False, default=[], label=_("Who it is for")
    )
    questions = blocks.ListBlock(
        QuestionBlock(), required=False, default=[], label=_("Questions to check")
    )

    is_local_slot = True
    is_critical = True

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        rules = cleaned.rules()
        keys = [rule.criterion for rule in rules]
        if len(keys) != len(set(keys)):
            raise blocks.StructBlockValidationError(
                {"questions": ValidationError(_("Each question needs a key of its own."))}
            )
        if broken := broken_targets(rules):
            raise blocks.StructBlockValidationError(
                {
                    "questions": ValidationError(
                        _("“%(question)s” leads to “%(target)s”, which does not exist.")
                        % {"question": broken[0][0], "target": broken[0][1]}
                    )
                }
            )
        return cleaned

    def evaluate_answers(
        self, value: EligibilityValue, block_id: str, data: Mapping[str, str]
    ) -> dict[str, Any]:
        """Answer a reader's form: fields are named ``<block id>-<criterion>``; nothing is kept."""
        answers = {
            rule.criterion: data.get(f"{block_id}-{rule.criterion}", "") for rule in value.rules()
        }
        result = evaluate(value.rules(), answers)
        return {"outcome": result.outcome, "missing": list(result.missing), "answers": answers}

    class Meta:
        icon = "check"
        group = SERVICES
        label = _("Who can get it")
        description = _("Conditions, and questions by which readers can check for themselves.")
        template = "blocks/eligibility.html"
        value_class = EligibilityValue
        preview_value = {
            "title": "",
            "intro": "",
            "service": None,
            "criteria": ["<p>You live in the city.</p>"],
            "questions": [
                {
                    "criterion": "rent",
                    "label": "Do you rent your home?",
                    "answers": [{"value": "yes", "label": "Yes", "leads_to": "likely"}],
                    "none_leads_to": "unlikely",
                    "unknown_leads_to": "ask",
                }
            ],
        }


class DocumentItemBlock(blocks.StructBlock):
    text = SentenceBlock(label=_("Document"))
    substitutes = RichBlock(required=False, label=_("Instead of it you can bring"))

    class Meta:
        icon = "doc-full"


class DocumentsNeededBlock(RecordsMixin, blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=200, label=_("Title"))
    service = RecordBlock("partners.Service", required=False, label=_("Service"))
    items = blocks.ListBlock(DocumentItemBlock(), required=False, default=[], label=_("Documents"))

    is_local_slot = True
    is_critical = True

    class Meta:
        icon = "folder-open-inverse"
        group = SERVICES
        label = _("What to bring")
        description = _("Documents, each with what may stand in for it.")
        template = "blocks/documents_needed.html"
        preview_value = {
            "title": "",
            "service": None,
            "items": [{"text": "<p>Photo ID</p>", "substitutes": "<p>A school card</p>"}],
        }


class FeesBlock(RecordsMixin, blocks.StructBlock):
    service = RecordBlock("partners.Service", label=_("Service"))
    note = blocks.CharBlock(required=False, max_length=500, label=_("Note"))

    is_local_slot = True
    is_critical = True

    class Meta:
        icon = "tag"
        group = SERVICES
        label = _("Costs")
        description = _("What it costs; amounts come from the service.")
        template = "blocks/fees.html"
        preview_value = {"service": None, "note": "Free for children."}


class DeadlinesBlock(RecordsMixin, blocks.StructBlock):
    service = RecordBlock("partners.Service", label=_("Service"))
    title = blocks.CharBlock(required=False, max_length=200, label=_("Title"))
    note = blocks.CharBlock(required=False, max_length=500, label=_("Note"))

    is_local_slot = True
    is_critical = True

    class Meta:
        icon = "calendar"
        group = SERVICES
        label = _("Deadlines")
        description = _("Until when; dates come from the service.")
        template = "blocks/deadlines.html"
        preview_value = {"service": None, "title": "", "note": "Late is better than never."}


class RecordStoryBlock(StoryBlock):
    """All blocks but the restricted one, which wraps these."""

    contact = ContactBlock()
    locations = LocationsBlock()
    how_to_apply = HowToApplyBlock()
    eligibility = EligibilityBlock()
    documents_needed = DocumentsNeededBlock()
    fees = FeesBlock()
    deadlines = DeadlinesBlock()


class RestrictedStoryBlock(RestrictedBlock):
    body = RecordStoryBlock(required=True, label=_("Blocks"))


class HubStoryBlock(RecordStoryBlock):
    """The body of every knowledge page."""

    restricted = RestrictedStoryBlock(
        preview_value={
            "audience": "staff",
            "body": [{"type": "text", "value": "<p>Ask the desk for the long form.</p>"}],
        }
    )
