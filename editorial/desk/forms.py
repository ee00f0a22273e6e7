"""What reviewers, authors and those who take content down fill in."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput, AdminPageChooser

from editorial.desk.queries import Seat
from editorial.models import ChecklistAnswer
from editorial.services.emergency import MIN_REASON as EMERGENCY_MIN
from editorial.services.takedown import MIN_REASON as TAKE_DOWN_MIN

Answer = ChecklistAnswer.Answer
ANSWERS = [
    (Answer.YES, _("Yes")),
    (Answer.NO, _("No")),
    (Answer.NOT_APPLICABLE, _("Does not apply")),
]
MAX_TEXT = 5000


class VoteForm(forms.Form):
    """A vote: for which requirement, answers to its questions, a comment."""

    seen_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("Needed when you request changes. The author and later auditors read it."),
    )

    def __init__(
        self,
        *args: Any,
        seats: list[Seat],
        kinds: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.seats = seats
        if kinds:
            self.fields["change_kind"] = forms.ChoiceField(
                label=_("Kind of change"),
                choices=kinds,
                required=False,
                initial=kinds[0][0],
                help_text=_("You may raise it. A graver kind may ask more people."),
            )
        if len(seats) > 1:
            self.fields["requirement"] = forms.ChoiceField(
                label=_("I decide as"),
                choices=[(seat.key, seat.label) for seat in seats],
                widget=forms.RadioSelect,
                initial=seats[0].key,
            )
        for seat in seats:
            if seat.checklist is not None:
                self._add_questions(seat)

    def _add_questions(self, seat: Seat) -> None:
        assert seat.checklist is not None  # noqa: S101
        for item in seat.checklist.items.all():
            name = f"{seat.key}:{item.key}"
            self.fields[name] = forms.ChoiceField(
                label=item.question,
                choices=ANSWERS,
                required=False,
                widget=forms.RadioSelect,
                help_text=_("Must be met.") if item.must else "",
            )
            self.fields[f"{name}:reason"] = forms.CharField(
                label=_("Reason, if it does not apply"), required=False, max_length=500
            )

    def questions(self) -> list[dict[str, Any]]:
        """``{"seat", "rows": [(answer field, reason field)]}`` for the template."""
        found = []
        for seat in self.seats:
            names = [
                name
                for name in self.fields
                if name.startswith(f"{seat.key}:") and not name.endswith(":reason")
            ]
            if names:
                rows = [(self[name], self[f"{name}:reason"]) for name in names]
                found.append({"seat": seat, "rows": rows})
        return found

    def vote(self) -> dict[str, Any]:
        """The arguments of ``services.votes.vote``."""
        data: Mapping[str, Any] = self.cleaned_data
        key = data.get("requirement") or (self.seats[0].key if self.seats else "")
        prefix = f"{key}:"
        answers = {
            name.removeprefix(prefix): (value, data.get(f"{name}:reason", ""))
            for name, value in data.items()
            if name.startswith(prefix) and not name.endswith(":reason") and value
        }
        return {
            "seen_hash": data["seen_hash"],
            "comment": data["comment"],
            "requirement_key": key,
            "change_kind": data.get("change_kind") or "",
            "answers": answers,
        }


class CommentForm(forms.Form):
    """A comment on one passage; it stands beside the block in the editor."""

    passage = forms.ChoiceField(label=_("Passage"))
    text = forms.CharField(
        label=_("Comment"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    def __init__(self, *args: Any, passages: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passage"].choices = list(passages.items())  # type: ignore[attr-defined]


class SubmitForm(forms.Form):
    note = forms.CharField(
        label=_("Note for the reviewers"),
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Needed once somebody has voted."),
    )


class CallOffForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        min_length=TAKE_DOWN_MIN,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class TakeDownForm(CallOffForm):
    successor: Any = forms.ModelChoiceField(
        label=_("Page that takes its place"),
        queryset=None,
        required=False,
        widget=AdminPageChooser(),
        help_text=_("Readers who follow the old address are led there."),
    )

    def __init__(self, *args: Any, successors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = successors  # type: ignore[attr-defined]
        if successors is None:
            del self.fields["successor"]


class EmergencyForm(forms.Form):
    reason = forms.CharField(
        label=_("Why this cannot wait"),
        min_length=EMERGENCY_MIN,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    until = forms.DateTimeField(
        label=_("Until"),
        required=False,
        widget=AdminDateTimeInput(),
        help_text=_("Empty: until it is approved or taken back."),
    )
