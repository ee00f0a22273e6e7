"""A city and an association, their people, and pages on their way through review."""

from dataclasses import dataclass
from typing import Any

from editorial.defaults import CHECKLISTS
from editorial.factcheck import services as factcheck
from editorial.models import FactCheckTask, ReviewState
from editorial.queries.reviewers import draft_of, language_of, tally_of
from editorial.services.submission import submit
from editorial.services.votes import vote
from guides.models import GuideIndexPage, GuidePage
from lessons.models import CaseStudyIndexPage, CaseStudyPage
from partners.models import Membership, Partner, PartnerRole
from tests.actors import person
from tests.factories import tree
from tests.factories.partners import PartnerFactory

Role = Membership.Role
ANSWERS = {item: ("yes", "") for _title, rows in CHECKLISTS.values() for item, _question in rows}
BODY = [{"type": "text", "value": "<p>Come to the counter with your lease.</p>"}]


@dataclass
class Town:
    city: Any
    association: Any

    def someone(self, role, partner=None, **more):
        return person(role, partner or self.city, **more)

    def lesson(self, author, *, joint=False, title="What we tried"):
        """A draft of a lesson in the city's section."""
        return draft(CaseStudyPage, CaseStudyIndexPage, self, author, joint=joint, title=title)

    def guide(self, author, *, joint=False, title="Help with the rent"):
        return draft(GuidePage, GuideIndexPage, self, author, joint=joint, title=title)


def town():
    return Town(
        PartnerFactory(slug="city", kind="government"),
        PartnerFactory(slug="association", kind="civil_society"),
    )


def draft(model, index, place, author, *, joint, title):
    page = model(
        title=title,
        summary="What it is about.",
        body=BODY if model is not GuidePage else None,
        owner=author,
        owner_partner=place.city,
        live=False,
        change_note="First version.",
        licence="CC-BY-4.0",
    )
    if joint:
        page.partner_roles = [
            PartnerRole(partner=place.association, role=PartnerRole.Role.CO_AUTHOR)
        ]
    tree.section(place.city, index).add_child(instance=page)
    page.save_revision(user=author, log_action=True)
    return fresh(page)


def fresh(page):
    return type(page).objects.get(pk=page.pk)


def open_step(page) -> ReviewState:
    """The step that is open now."""
    return fresh(page).current_workflow_task_state


def through_review(page, author):
    """Hand a page in and see it through its review."""
    submit(page, author)
    return finish_review(page)


def finish_review(page):
    """Let fresh people with the roles asked for agree until a page is approved."""
    while fresh(page).workflow_in_progress:
        step = open_step(page)
        if isinstance(step.task.specific, FactCheckTask):
            answered_and_closed(page)
            continue
        [tally, *_rest] = [row for row in tally_of(step, draft_of(step)) if row.missing]
        judge = judge_for(tally.slot, language_of(page))
        approve(page, judge, answers=ANSWERS)
    return fresh(page)


def judge_for(slot, language):
    partner = Partner.objects.get(pk=min(slot.partner_ids)) if slot.partner_ids else None
    spoken = {"languages": language} if slot.role == Role.TRANSLATION_REVIEWER else {}
    return person(slot.role, partner, specialism=slot.specialism, **spoken)


def answered_and_closed(page):
    """A specialist of the owner answers the fact check, an approver closes it."""
    owner = fresh(page).owner_partner
    specialist = person(Role.SPECIALIST, owner, specialism="legal")
    said = factcheck.Said("correct")
    factcheck.answer_as_specialist(page, specialist, said, open_step(page).content_hash)
    approve(page, person(Role.APPROVER, owner))


def approve(page, user, **more):
    return vote(open_step(page).pk, user, "approve", **more)


def reject(page, user, comment="Say where the counter is."):
    return vote(open_step(page).pk, user, "reject", comment=comment)


def edit(page, user, title):
    """Save a draft with another title, as the editor's form does."""
    latest = fresh(page).get_latest_revision_as_object()
    latest.title = title
    return latest.save_revision(user=user, log_action=True)
