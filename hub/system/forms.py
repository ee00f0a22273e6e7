"""What is to be done with dead letters: one, some or all of a kind."""

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from content.jobs.dead_letters import ACTIONS

SELECTED, ALL = "selected", "all"
PAGE_SIZE = 50
JOB_NUMBER = re.compile(r"[0-9]{1,18}")
WHICH = rf"^({JOB_NUMBER.pattern}|{SELECTED}|{ALL})$"


@dataclass(frozen=True)
class Choice:
    """A decision about dead letters. Without ``job_ids`` it is about all (of the kind)."""

    action: str
    is_all: bool
    job_ids: list[int]
    kind: str
    is_confirmed: bool


class ChoiceForm(forms.Form):
    """The button says what to do and with which: a number, ``selected`` or ``all``."""

    retry = forms.RegexField(WHICH, required=False)
    discard = forms.RegexField(WHICH, required=False)
    kind = forms.CharField(max_length=100, required=False)
    confirmed = forms.BooleanField(required=False)

    def __init__(self, posted: QueryDict) -> None:
        super().__init__(posted)
        self.ticked = posted.getlist("job")[:PAGE_SIZE]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        pressed = [action for action in ACTIONS if cleaned.get(action)]
        if len(pressed) != 1:
            raise forms.ValidationError("one button at a time")
        cleaned["action"], cleaned["which"] = pressed[0], cleaned[pressed[0]]
        cleaned["ticked"] = [int(number) for number in self.ticked if JOB_NUMBER.fullmatch(number)]
        return cleaned

    def choice(self) -> Choice:
        values = self.cleaned_data
        which = values["which"]
        return Choice(
            action=values["action"],
            is_all=which == ALL,
            job_ids=values["ticked"] if which in {SELECTED, ALL} else [int(which)],
            kind=values["kind"],
            is_confirmed=values["confirmed"],
        )
