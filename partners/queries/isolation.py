"""What a person may see of content that is not published, as conditions of queries.

The same rule as ``partners.permissions.can_see_draft``, without the open steps of workflows: who is
asked to vote finds the page among the tasks, not in lists.
"""

from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import F, Model, Q, QuerySet
from django.db.models.functions import Length, Substr
from wagtail.models import Page

from partners.models import (
    Contact,
    Location,
    NoticePage,
    Partner,
    PartnerContent,
    PartnerPage,
    RecordText,
    Service,
)
from partners.standing import Standing

NOTHING = Q(pk__in=[])
# Where a record says whose it is.
RECORD_OWNERS: dict[type[Model], str] = {
    Contact: "partner",
    Location: "organization",
    Partner: "pk",
    Service: "organization",
}


@cache
def _owner_fields() -> tuple[tuple[Any, str], ...]:
    """Page models with the field that names the owner."""
    content = [
        (model, "owner_partner")
        for model in apps.get_models()
        if issubclass(model, PartnerContent) and issubclass(model, Page)
    ]
    return (*content, (PartnerPage, "partner"), (NoticePage, "partner"))


def _owned(**condition: Any) -> Q:
    """Pages whose owner fulfils a condition, as ``in=ids`` or ``isnull=False``."""
    (lookup, value), *_rest = condition.items()
    found = NOTHING
    for model, field in _owner_fields():
        rows = model.objects.order_by().filter(**{f"{field}__{lookup}": value})
        found |= Q(pk__in=rows.values("pk"))
    return found


def _below(paths: Any) -> Q:
    found = NOTHING
    for path in paths:
        found |= Q(path__startswith=path)
    return found


def drafts(standing: Standing) -> Q:
    """Pages whose unpublished content a person sees."""
    if standing.sees_everything:
        return Q()
    if not standing.partner_ids:
        return NOTHING
    mine = _owned(**{"in": standing.partner_ids})
    others = _owned(isnull=False)
    found = mine | (_below(standing.sections) & ~others)
    if standing.joint:
        found |= Q(path__in=standing.joint) | Q(pk__in=_right_below(standing.joint))
    return found


def _right_below(paths: Any) -> QuerySet:
    above = Substr(F("path"), 1, Length("path") - Page.steplen)
    return Page.objects.order_by().alias(above=above).filter(above__in=list(paths)).values("pk")


def ways(standing: Standing) -> set[str]:
    """Paths of the pages that lead to what a person sees; they stand in the explorer as steps."""
    return {
        path[:length]
        for path in (*standing.sections, *standing.joint)
        for length in range(Page.steplen, len(path), Page.steplen)
    }


def steps(standing: Standing) -> Q:
    """The pages that lead to what a person sees."""
    return Q(path__in=ways(standing))


def published() -> QuerySet:
    """Pages that everybody may read, and therefore choose."""
    return Page.objects.order_by().live().public()


def choosable(standing: Standing) -> Q:
    """Pages that a person may link to: what everybody reads, and drafts of one's own."""
    if standing.sees_everything:
        return Q()
    return Q(pk__in=published().values("pk")) | drafts(standing)


def owner_field(model: Any) -> str:
    """Lookup of the owning partner of a record or of its words; empty where there is none."""
    if issubclass(model, RecordText):
        record = model._meta.get_field("record").related_model
        inner = owner_field(record)
        return f"record__{inner}" if inner else ""
    return RECORD_OWNERS.get(model, "")


def records_of(model: Any, partner_ids: Any) -> Q:
    """Records of some partners. Those without a partner are the hub's."""
    field = owner_field(model)
    return Q(**{f"{field}__in": list(partner_ids)}) if field else NOTHING
