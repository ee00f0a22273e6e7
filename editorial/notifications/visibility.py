"""What somebody may know of an object at this moment. Asked when a mail or a list is written.

Rows of notifications hold no titles, so nothing can be told to a person who has lost the right to it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.models import Page, TaskState, WorkflowMixin

from content.models import PageFacts
from editorial.factcheck.queries import may_answer
from editorial.models import Notification
from editorial.notifications.kinds import KINDS
from editorial.queries.reviewers import is_asked, states_waiting_for
from partners.queries import isolation
from partners.standing import standing_of

Reference = tuple[str, str]


@dataclass(frozen=True)
class Known:
    """An object under the title that this person may know; its draft's only for those who see drafts."""

    title: str
    obj: Any
    sees_draft: bool
    public_url: str = ""


def known_to(user: Any, references: Iterable[Reference]) -> dict[Reference, Known]:
    """Return what the person may know of objects, by type and id; the others are missing."""
    by_model: dict[Any, set[Reference]] = defaultdict(set)
    for reference in references:
        model = _model(reference[0])
        if model is not None:
            by_model[Page if issubclass(model, Page) else model].add(reference)
    found: dict[Reference, Known] = {}
    for model, wanted in by_model.items():
        ids = {pk for _type, pk in wanted}
        known = _pages(user, ids) if model is Page else _records(user, model, ids)
        found |= {row: known[row[1]] for row in wanted if row[1] in known}
    return found


def _model(name: str) -> Any:
    """The model of a label, unless this hub no longer has it."""
    try:
        return apps.get_model(name)
    except (LookupError, ValueError):
        return None


def _pages(user: Any, ids: set[str]) -> dict[str, Known]:
    """Drafts for whoever may see them; what every reader sees for everybody else."""
    own = Page.objects.order_by().filter(isolation.drafts(standing_of(user)), pk__in=ids)
    drafts = set(own.values_list("pk", flat=True)) | set(map(int, _asked(user, Page, ids)))
    facts = {row.page_id: row for row in PageFacts.objects.readable().filter(page_id__in=ids)}
    known = {}
    for page in Page.objects.filter(pk__in=ids).specific():
        row = facts.get(page.pk)
        public_url = row.url if row else ""
        if page.pk in drafts:
            known[str(page.pk)] = Known(page.draft_title or page.title, page, True, public_url)
        elif row:
            known[str(page.pk)] = Known(row.title, page, False, public_url)
    return known


def _records(user: Any, model: Any, ids: set[str]) -> dict[str, Known]:
    """Records that readers see, and everything of the partners that the person works for."""
    standing = standing_of(user)
    asked = _asked(user, model, ids) if issubclass(model, WorkflowMixin) else set()
    related = [field.name for field in model._meta.concrete_fields if field.many_to_one]
    known = {}
    for obj in model.objects.filter(pk__in=ids).select_related(*related):
        partner = getattr(obj, "owner_partner_id", None) or getattr(obj, "partner_id", None)
        is_own = standing.sees_everything or partner in standing.partner_ids
        sees_draft = is_own or str(obj.pk) in asked
        if sees_draft or getattr(obj, "live", False):
            known[str(obj.pk)] = Known(str(obj), obj, sees_draft)
    return known


def _asked(user: Any, model: Any, ids: set[str]) -> set[str]:
    """Which of these objects the person is asked to judge now, whoever owns them."""
    states = states_waiting_for(user).filter(
        workflow_state__base_content_type=ContentType.objects.get_for_model(model),
        workflow_state__object_id__in=ids,
    )
    return set(states.values_list("workflow_state__object_id", flat=True))


def review_address(user: Any, row: Notification, known: Known) -> str:
    """The open step that a notification asks a person to judge; empty if it is none of theirs."""
    if not KINDS[row.kind].is_about_step or not isinstance(known.obj, WorkflowMixin):
        return ""
    state = known.obj.current_workflow_task_state
    if state is None or state.status != TaskState.STATUS_IN_PROGRESS:
        return ""
    everything = standing_of(user).sees_everything
    if not (everything or is_asked(state, user) or may_answer(user, known.obj)):
        return ""
    return reverse("desk:review", args=[state.pk])


def address_for(user: Any, known: Known) -> str:
    """Where this person looks at an object: the editor, else the draft, else where readers do."""
    if isinstance(known.obj, Page) and known.sees_draft:
        editable = known.obj.permissions_for_user(user).can_edit()
        name = "wagtailadmin_pages:edit" if editable else "wagtailadmin_pages:view_draft"
        return reverse(name, args=[known.obj.pk])
    if isinstance(known.obj, Page):
        return known.public_url
    return AdminURLFinder(user).get_edit_url(known.obj) or ""
