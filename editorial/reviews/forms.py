"""What people post about review dates."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from content.models import User
from editorial.models import ReviewAnswer
from editorial.reviews.services import LONGEST_PROMISE


class AnswerForm(forms.Form):
    """One of the three answers, about the text that was shown."""

    answer = forms.ChoiceField(choices=ReviewAnswer.Answer.choices)
    edit_by = forms.DateField(required=False)
    seen = forms.CharField(max_length=64)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        promised = cleaned.get("answer") == ReviewAnswer.Answer.WILL_EDIT
        if promised and not cleaned.get("edit_by") and "edit_by" not in self.errors:
            self.add_error("edit_by", _("Say by when you will edit it."))
        return cleaned


class OwnerField(forms.ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return obj.get_full_name() or obj.get_username()


class PassForm(forms.Form):
    """To whom chosen content is passed."""

    owner = OwnerField(queryset=User.objects.none(), label=_("New owner"))
    schedule = forms.TypedMultipleChoiceField(coerce=int, widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, owners: Any, known: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = owners
        schedule: Any = self.fields["schedule"]
        schedule.choices = [(pk, pk) for pk in known]


def promise_limits() -> dict[str, str]:
    """First and last day that may be promised, for the date field."""
    today = timezone.localdate()
    return {"first": today.isoformat(), "last": (today + LONGEST_PROMISE).isoformat()}
