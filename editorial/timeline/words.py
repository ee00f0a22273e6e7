"""Evidence in words. What has none here is in the exports only, as it is stored."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from content.models import AppendOnly, AuditEvent
from editorial.timeline.entries import Entry

KINDS: dict[str, Any] = {
    "submitted": _("Submitted"),
    "review_cancelled": _("Review cancelled"),
    "step_opened": _("Step opened"),
    "step_approved": _("Step approved"),
    "step_rejected": _("Changes requested"),
    "step_skipped": _("Step left out"),
    "content_changed": _("Changed during review: votes on the earlier text no longer count"),
    "voted": _("Vote"),
    "change_kind_raised": _("Kind of change raised"),
    "claimed": _("Claimed"),
    "claim_released": _("Claim given back"),
    "approved": _("Approved"),
    "scheduled": _("Scheduled"),
    "schedule_called_off": _("Planned publication called off"),
    "published": _("Published"),
    "taken_down": _("Taken down"),
    "emergency_ratified": _("Urgent publication approved afterwards"),
    "emergency_late": _("Urgent publication not approved in time"),
    "imported": _("Imported as a draft"),
    "live_before_approvals": _("Was live before approvals were kept"),
    "fact_check_accepted": _("Result of the fact check accepted"),
    "membership_started": _("Membership begun"),
    "membership_changed": _("Membership changed"),
    "membership_ended": _("Membership ended"),
    "invitation_sent": _("Invitation sent"),
    "invitation_revoked": _("Invitation taken back"),
    "invitation_accepted": _("Invitation accepted"),
    "account_ended": _("Account closed"),
    "account_reopened": _("Account opened again"),
    "review_correct": _("Checked: still correct"),
    "review_will_edit": _("Checked: will be edited"),
    "review_not_mine": _("Check passed on"),
    "review_owner_passed": _("Passed on to somebody else"),
    "fact_check_invited": _("Guest asked for a fact check"),
    "fact_check_sent_again": _("Guest asked again for a fact check"),
    "fact_check_revoked": _("Link of a guest withdrawn"),
    "fact_check_blanked": _("Name and address of a guest forgotten"),
    "fact_check_answered": _("Fact check answered"),
    "name_blanked": _("A name was blanked"),
    "evidence_seal_broken": _("The seal of the chain was broken"),
    "evidence_seal_accepted": _("A broken seal was accepted"),
}
FIELDS: dict[str, Any] = {
    "step": _("Step"),
    "workflow": _("Workflow"),
    "road": _("How"),
    "requirement_key": _("Requirement"),
    "change_kind": _("Kind of change"),
    "decision": _("Decision"),
    "verdict": _("Verdict"),
    "on_behalf_of": _("On behalf of"),
    "item_key": _("Item of the checklist"),
    "answer": _("Answer"),
    "edit_by": _("Will be edited by"),
    "note": _("Note"),
    "reason": _("Reason"),
    "source": _("Source"),
    "comment": _("Comment"),
}


def kind_of(event: AuditEvent) -> str:
    return str(KINDS.get(event.kind) or event.kind.replace("_", " ").capitalize())


def said(entry: Entry) -> list[tuple[str, str]]:
    """What an event says beside who, when and what, and beside its rows: label and words."""
    data = entry.event.data
    own = {
        name: value
        for name, value in data.items()
        if all(getattr(row, name, None) != value for row in entry.rows)
    }
    return list(_labelled(own))


def said_in(row: AppendOnly, names: dict[UUID | None, str]) -> list[tuple[str, str]]:
    """What a vote or an answer says: label and words."""
    values: dict[str, Any] = {}
    for column in row._meta.concrete_fields:
        value = getattr(row, column.attname)
        shown = getattr(row, f"get_{column.attname}_display", None)
        if isinstance(value, UUID):
            value = names.get(value) or str(value)
        values[column.attname] = shown() if shown and value else value
    return list(_labelled(values))


def _labelled(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, label in FIELDS.items():
        if values.get(name) not in (None, "", [], {}):
            yield str(label), str(values[name])
