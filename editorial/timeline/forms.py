"""What is wanted of the evidence."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from editorial.timeline.access import Selection
from partners.models import Partner


class SelectionForm(forms.Form):
    """Partner and period. Who may read everything need not choose a partner."""

    partner = forms.ModelChoiceField(Partner.objects.none(), label=_("Partner"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=AdminDateInput)
    until = forms.DateField(label=_("Until"), required=False, widget=AdminDateInput)

    def __init__(self, data: Any, *, partner_ids: frozenset[int] | None) -> None:
        super().__init__(data)
        self.partner_ids = partner_ids
        partners = Partner.objects.all()
        if partner_ids is not None:
            partners = partners.filter(pk__in=partner_ids)
        self.fields["partner"].queryset = partners.order_by("slug")  # type: ignore[attr-defined]
        if partner_ids is not None:
            self.fields["partner"].empty_label = None  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            raise ValidationError({"until": gettext("The end lies before the start.")})
        return cleaned

    def selection(self) -> Selection:
        """What was asked for; without a partner the first one that the person may read."""
        partner = self.cleaned_data.get("partner")
        partner_id = partner.pk if partner else None
        if partner_id is None and self.partner_ids is not None:
            partner_id = min(self.partner_ids)
        return Selection(
            partner_id=partner_id,
            since=self.cleaned_data.get("since"),
            until=self.cleaned_data.get("until"),
        )
