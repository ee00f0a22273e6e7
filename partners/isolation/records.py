"""Forms of records: facts are kept for one's own partner, and name only what one may see."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from wagtail.admin.forms.models import WagtailAdminModelForm

from partners.models import Partner
from partners.queries import isolation
from partners.standing import EDITORS, Standing, standing_of


def choosable_records(model: Any, standing: Standing) -> QuerySet:
    """Records that a person may name: published ones, and those of the own partners."""
    rows = model.objects.all()
    if standing.sees_everything:
        return rows
    return rows.filter(Q(live=True) | isolation.records_of(model, standing.partner_ids))


class OwnRecordForm(WagtailAdminModelForm):
    """A record or its words, for people of a partner."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standing = standing_of(self.for_user) if self.for_user else None
        if self.standing and not self.standing.sees_everything:
            self._narrow(self.standing)

    def _narrow(self, standing: Standing) -> None:
        own = standing.partners_with(EDITORS)
        model = type(self.instance)
        lookup = isolation.owner_field(model)
        for name, field in self.fields.items():
            rows = getattr(field, "queryset", None)
            if rows is None:
                continue
            if name == lookup:
                field.queryset = rows.filter(pk__in=own)
                field.required = True
            elif name == "record":
                field.queryset = rows.filter(isolation.records_of(rows.model, own))
            elif rows.model in isolation.RECORD_OWNERS:
                known = choosable_records(rows.model, standing)
                field.queryset = rows.filter(pk__in=known.order_by().values("pk"))
        only = list(own)
        if lookup in self.fields and len(only) == 1 and self.instance.pk is None:
            self.initial.setdefault(lookup, only[0])

    def is_valid(self) -> bool:
        return bool(super().is_valid()) and self._names_what_may_be_seen()

    def _names_what_may_be_seen(self) -> bool:
        """Rows below the record have forms of their own, which know nothing of the person."""
        if self.standing is None or self.standing.sees_everything:
            return True
        for formset in self.formsets.values():
            for form in formset.forms:
                for name, value in getattr(form, "cleaned_data", {}).items():
                    if _is_hidden(value, self.standing):
                        form.add_error(name, ValidationError(_("Choose something published.")))
                        return False
        return True


def _is_hidden(value: Any, standing: Standing) -> bool:
    if type(value) not in isolation.RECORD_OWNERS or isinstance(value, Partner):
        return False
    return not choosable_records(type(value), standing).filter(pk=value.pk).exists()
