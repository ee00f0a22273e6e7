"""Forms about memberships: what may be chosen is limited to whom one looks after."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminDateInput

from content.languages import language_info
from partners.models import Invitation, Membership
from partners.models.membership import LANGUAGE_ROLES, codes_in
from partners.queries.memberships import colleagues, may_give, partners_administered

Role = Membership.Role
HUB_ROLES = (Role.HUB_ADMIN, Role.SPECIALIST)


def language_choices() -> list[tuple[str, str]]:
    return [(code, language_info(code)["name_local"]) for code in settings.HUB_LANGUAGES]


class LanguagesField(forms.MultipleChoiceField):
    """Languages of the hub to tick; the row keeps their codes with commas."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=language_choices,
            widget=forms.CheckboxSelectMultiple,
            required=False,
            label=gettext_lazy("Languages"),
            help_text=gettext_lazy("For translators and translation reviewers."),
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return codes_in(value) if isinstance(value, str) else value or []

    def clean(self, value: Any) -> str:
        return ", ".join(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial), data))


def _drop_what_the_role_has_not(cleaned: dict[str, Any]) -> None:
    """Whoever changes a role need not empty the fields that only the former role had."""
    if cleaned.get("role") != Role.SPECIALIST:
        cleaned["specialism"] = ""
    if cleaned.get("role") not in LANGUAGE_ROLES:
        cleaned["languages"] = ""


def _name(user: Any) -> str:
    return user.get_full_name() or user.get_username()


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, user: Any) -> str:
        return _name(user)


class DelegateForm(forms.ModelForm):
    """Who stands in for a member, and until when."""

    delegate_to = PersonField(
        queryset=None, required=False, label=gettext_lazy("Represented by"), empty_label="–"
    )

    class Meta:
        model = Membership
        fields = ["delegate_to", "delegate_until"]
        widgets = {"delegate_until": AdminDateInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["delegate_to"]
        field.queryset = colleagues(self.instance.partner_id, besides=self.instance.user_id)

    def clean_delegate_until(self) -> Any:
        day = self.cleaned_data["delegate_until"]
        if day and "delegate_until" in self.changed_data and day < timezone.localdate():
            raise forms.ValidationError(_("This day is over."))
        return day


class MembershipForm(DelegateForm):
    """A membership, without whose and where: another person or partner is another membership."""

    languages = LanguagesField()

    class Meta(DelegateForm.Meta):
        fields = [
            "role", "specialism", "languages", "valid_from", "valid_until",
            "delegate_to", "delegate_until", "may_start_emergency",
        ]  # fmt: skip
        widgets = {
            **DelegateForm.Meta.widgets,
            "valid_from": AdminDateInput,
            "valid_until": AdminDateInput,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_hub_wide = self.instance.partner_id is None
        role: Any = self.fields["role"]
        role.choices = [
            (value, label)
            for value, label in Role.choices
            if (value in HUB_ROLES if is_hub_wide else value != Role.HUB_ADMIN)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        _drop_what_the_role_has_not(cleaned)
        twins = Membership.objects.filter(
            user=self.instance.user_id,
            partner=self.instance.partner_id,
            role=cleaned.get("role", ""),
            specialism=cleaned.get("specialism", ""),
        )
        if twins.exclude(pk=self.instance.pk).exists():
            self.add_error("role", _("This person has this role already."))
        return cleaned


class InvitationForm(forms.ModelForm):
    """Whom to invite to what. It answers the same whether or not the address has an account."""

    language = forms.ChoiceField(
        choices=language_choices, label=gettext_lazy("Language of the mail")
    )
    languages = LanguagesField()

    class Meta:
        model = Invitation
        fields = ["email", "name", "language", "partner", "role", "specialism", "languages"]

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        is_for_hub = may_give(by, None, Role.HUB_ADMIN)
        partner: Any = self.fields["partner"]
        partner.queryset = partners_administered(by)
        partner.required = not is_for_hub
        partner.empty_label = _("The whole hub") if is_for_hub else None
        role: Any = self.fields["role"]
        role.choices = [
            (value, label) for value, label in Role.choices if is_for_hub or value != Role.HUB_ADMIN
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        _drop_what_the_role_has_not(cleaned)
        partner = cleaned.get("partner")
        if not may_give(self.by, partner.pk if partner else None, cleaned.get("role", "")):
            raise forms.ValidationError(_("You cannot invite to this role."))
        return cleaned
