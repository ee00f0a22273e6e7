"""Reading live content that nobody here has approved: whose it is, and how far its approval is."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from wagtail.models import Page, WorkflowState

from editorial.models import Unapproved
from partners.models import Membership
from partners.queries import partner_card, reader_language
from partners.services import is_hub_admin


def visible_to(user: Any) -> QuerySet[Unapproved]:
    """Rows of the own partners; hub admins see all."""
    rows = Unapproved.objects.all()
    if is_hub_admin(user) or user.is_superuser:
        return rows
    own = Membership.objects.current().filter(user=user, partner__isnull=False)
    return rows.filter(partner_id__in=own.values("partner_id"))


def object_of(row: Unapproved) -> Any:
    """The page or record of a row.

    Raises:
        Http404: it is gone.
    """
    return get_object_or_404(apps.get_model(row.object_type), pk=row.object_id)


def values_seen_by(user: Any, column: str) -> list[Any]:
    """Values of a column in the rows that a person sees."""
    found = visible_to(user).order_by().values_list(column, flat=True).distinct()
    return sorted(value for value in found if value not in (None, ""))


def partners_seen_by(user: Any) -> list[tuple[int, str]]:
    """Partners in the list of a person: (id, name)."""
    names = [(pk, partner_name(pk)) for pk in values_seen_by(user, "partner_id")]
    return sorted(names, key=lambda row: row[1].casefold())


def partner_name(partner_id: int | None) -> str:
    card = partner_card(partner_id, reader_language()) or {}
    return card.get("name") or (str(partner_id) if partner_id else "")


def describe(rows: Iterable[Unapproved]) -> None:
    """Write on rows what the list shows: the partner's name, the editor, how far the approval is.

    A few queries for each kind of content among the rows, however many rows there are.
    """
    by_type: dict[str, list[Unapproved]] = {}
    for row in rows:
        by_type.setdefault(row.object_type, []).append(row)
    for object_type, group in by_type.items():
        _describe(apps.get_model(object_type), group)


def _describe(model: Any, rows: list[Unapproved]) -> None:
    ids = [row.object_id for row in rows]
    found = model.objects.filter(pk__in=ids).values_list("pk", "has_unpublished_changes")
    changed = {str(pk): has_draft for pk, has_draft in found}
    content_type = ContentType.objects.get_for_model(model)
    waiting = set(
        WorkflowState.objects.active()
        .filter(content_type=content_type, object_id__in=ids)
        .values_list("object_id", flat=True)
    )
    for row in rows:
        shown: Any = row
        shown.partner = partner_name(row.partner_id)
        shown.edit_url = _edit_url(model, row.object_id)
        shown.is_waiting = row.object_id in waiting
        shown.has_draft = bool(changed.get(row.object_id))


def _edit_url(model: Any, pk: str) -> str:
    if issubclass(model, Page):
        return reverse("wagtailadmin_pages:edit", args=[pk])
    namespace = f"wagtailsnippets_{model._meta.app_label}_{model._meta.model_name}"
    return reverse(f"{namespace}:edit", args=[pk])
