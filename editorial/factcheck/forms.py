"""Forms of fact checks: asking a guest, answering, closing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from content.languages import language_info
from editorial.factcheck.answers import Said
from editorial.factcheck.invitations import MOST_DAYS
from editorial.factcheck.passages import Passage
from editorial.models import GuestAnswer
from editorial.models.factcheck import LINK_DAYS
from partners.models import Membership

Verdict = GuestAnswer.Verdict
LONGEST_COMMENT, LONGEST_REMARK, LONGEST_QUESTION = 5000, 2000, 500
QUESTIONS = 5
PREFIX = "c-"
# By the code of the error; the page says them in the reader's language.
ERRORS = {
    "required": gettext_noop("Choose one of the two answers."),
    "invalid_choice": gettext_noop("Choose one of the two answers."),
    "max_length": gettext_noop("This comment is too long. At most %(n)s characters are kept."),
    "missing": gettext_noop("Say what has to be changed, at a part of the text or at the end."),
}


@dataclass(frozen=True)
class Problem:
    """An error and the field that it stands at."""

    field: str
    message: str
    limit: int


class LinesField(forms.CharField):
    """A text area. Browsers send two characters for a line break; one is counted and kept."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class AnswerForm(forms.Form):
    """Verdict, comment, and a comment for each passage that is shown."""

    verdict = forms.ChoiceField(choices=Verdict.choices)
    comment = LinesField(required=False, max_length=LONGEST_COMMENT)

    def __init__(self, *args: Any, shown: Iterable[Passage] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for passage in shown:
            self.fields[PREFIX + passage.key] = LinesField(
                required=False, max_length=LONGEST_REMARK
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        wants_changes = data.get("verdict") == Verdict.NEEDS_CHANGES
        remarks = [name for name in self.fields if name != "verdict" and data.get(name)]
        if wants_changes and not remarks and not self.errors:
            self.add_error("comment", forms.ValidationError("", code="missing"))
        return data

    def said(self) -> Said:
        """What the person wrote; only after ``is_valid``."""
        data = self.cleaned_data
        remarks = {
            name.removeprefix(PREFIX): value
            for name, value in data.items()
            if name.startswith(PREFIX) and value
        }
        return Said(data["verdict"], data["comment"], remarks)

    def problems(self) -> list[Problem]:
        """What is wrong, field by field."""
        if not self.is_bound:
            return []
        return [
            Problem(name, ERRORS.get(errors[0].code or "", ERRORS["required"]), self._limit(name))
            for name, errors in self.errors.as_data().items()
        ]

    def typed(self, name: str) -> str:
        """What stands in a field after a refused form."""
        return str(self.data.get(name, "")) if self.is_bound else ""

    def _limit(self, name: str) -> int:
        return getattr(self.fields.get(name), "max_length", None) or 0


def _languages() -> list[tuple[str, str]]:
    return [(code, language_info(code)["name_local"]) for code in settings.HUB_LANGUAGES]


class InviteForm(forms.Form):
    """Whom to ask, in which language, about what."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("The guest's reply to the mail, if any, goes to your own address."),
    )
    organisation = forms.CharField(label=_("Organisation"), max_length=200, required=False)
    language = forms.ChoiceField(label=_("Language of the mail and the page"), choices=_languages)
    subject = forms.ChoiceField(
        label=_("Subject"),
        choices=[("", _("In general")), *Membership.Specialism.choices],
        required=False,
    )
    days = forms.IntegerField(
        label=_("Days until the link ends"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=LINK_DAYS,
    )

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class QuestionForm(forms.Form):
    """One question, tied to a passage or to the whole text."""

    block_id = forms.ChoiceField(
        label=_("About"),
        required=False,
        # First words of a passage are longer than a phone is wide.
        widget=forms.Select(attrs={"class": "w-w-full"}),
    )
    question = LinesField(
        label=_("Question"),
        max_length=LONGEST_QUESTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, choices: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["block_id"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  as declared above
        field.choices = [("", _("The whole text")), *choices]


QuestionFormSet = forms.formset_factory(QuestionForm, extra=QUESTIONS, max_num=QUESTIONS)


def questions_of(formset: Any) -> list[dict[str, str]]:
    """The questions that were written, as they are kept."""
    rows = (form.cleaned_data for form in formset.forms)
    return [
        {"block_id": row.get("block_id", ""), "question": row["question"]}
        for row in rows
        if row.get("question")
    ]


class CloseForm(forms.Form):
    """Accepting the result, or asking the author for changes."""

    accept = forms.TypedChoiceField(
        label=_("Result"),
        choices=[("yes", _("Accept the result")), ("no", _("Ask the author for changes"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = LinesField(
        label=_("Reason or comment"),
        max_length=LONGEST_COMMENT,
        required=False,
        help_text=_("Needed if somebody asks for changes and the text stays as it is."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
