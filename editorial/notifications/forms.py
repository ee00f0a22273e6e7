"""How somebody wants to be told: one row for each kind of news."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from editorial.models import Delivery
from editorial.notifications.kinds import KINDS
from editorial.notifications.queries import preferences_of
from editorial.notifications.services import set_preferences


class PreferencesForm(forms.Form):
    """Part of the account's settings. Kinds that nobody can switch off have no field."""

    def __init__(self, *args: Any, instance: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = instance
        chosen = preferences_of(instance)
        for name, kind in KINDS.items():
            if not kind.is_fixed:
                # A form without the row leaves it as it is.
                self.fields[name] = forms.ChoiceField(
                    label=kind.label,
                    choices=Delivery.choices,
                    initial=chosen[name],
                    required=False,
                )

    @property
    def fixed(self) -> list[Any]:
        """Kinds that are always mailed at once."""
        return [kind.label for kind in KINDS.values() if kind.is_fixed]

    def save(self) -> None:
        """Keep what has been chosen."""
        set_preferences(
            self.user,
            {
                name: self.cleaned_data[name]
                for name in self.changed_data
                if self.cleaned_data.get(name)
            },
        )


class ReadForm(forms.Form):
    """Which notifications have been read: one by its number, or all that were shown."""

    notification = forms.IntegerField(required=False, min_value=1)
    until = forms.DateTimeField(required=False, label=_("until"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("notification") and not cleaned.get("until"):
            raise forms.ValidationError("one of the two")
        return cleaned
