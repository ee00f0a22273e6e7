"""Handing in, voting, and what comes of it."""

import pytest

from content.hashing import content_hash, revision_hash
from content.models import AuditEvent
from content.publication import PublicationRefused
from editorial.errors import ReviewRefused
from editorial.models import ApprovalVote
from editorial.services.submission import cancel, submit
from partners.models import Membership
from tests.editorial.reviews import (
    Role,
    answered_and_closed,
    approve,
    edit,
    fresh,
    open_step,
    reject,
    town,
)
from tests.publishing import as_setup

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return town()


@pytest.fixture
def author(place):
    return place.someone(Role.AUTHOR)


@pytest.fixture
def approver(place):
    return place.someone(Role.APPROVER)


def kinds(page):
    return list(
        AuditEvent.objects.filter(object_id=str(page.pk), object_type=page._meta.label_lower)
        .order_by("seq")
        .values_list("kind", flat=True)
    )


def test_what_an_approver_agrees_to_goes_live(place, author, approver):
    page = place.lesson(author)
    submit(page, author)
    assert open_step(page).task.name == "Approval of each partner"
    assert not fresh(page).live
    voted = open_step(page).content_hash
    approve(page, approver)
    page = fresh(page)
    assert page.live
    assert content_hash(page) == voted
    assert kinds(page) == [
        "submitted", "step_approved", "step_opened", "voted", "step_approved", "approved",
        "published",
    ]  # fmt: skip


def test_nobody_approves_own_work(place, author):
    page = place.lesson(author)
    admin = place.someone(Role.EDITOR)
    admin.is_superuser = True
    admin.save()
    edit(page, admin, "Another title")
    submit(page, author)
    with pytest.raises(ReviewRefused, match="contributed"):
        approve(page, admin)
    assert not ApprovalVote.objects.exists()


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.EDITOR, Role.STEWARD, Role.PARTNER_ADMIN])
def test_other_roles_do_not_count(place, author, role):
    page = place.lesson(author)
    submit(page, author)
    with pytest.raises(ReviewRefused, match="another role"):
        approve(page, place.someone(role))


def test_an_approver_of_another_partner_does_not_count(place, author):
    page = place.lesson(author)
    submit(page, author)
    with pytest.raises(ReviewRefused, match="another role"):
        approve(page, place.someone(Role.APPROVER, place.association))


def test_every_partner_of_a_page_agrees(place, author, approver):
    page = place.lesson(author)
    other = place.someone(Role.AUTHOR)
    other_city = type(place.city)
    assert other_city
    assert other
    submit(page, author)
    approve(page, approver)
    assert fresh(page).live


def test_a_change_makes_votes_void_and_steps_are_repeated(place, author, approver):
    page = place.guide(author)
    plain = place.someone(Role.SPECIALIST, specialism="plain_language")
    submit(page, author)
    first = open_step(page)
    approve(page, approver)
    edit(page, author, "A new title")
    state = open_step(page)
    assert state.pk == first.pk
    assert state.content_hash != first.content_hash
    approve(page, approver)
    assert plain
    assert ApprovalVote.objects.filter(actor_key=approver.actor_key).count() == 2


def test_a_save_without_change_leaves_votes_standing(place, author, approver):
    page = place.lesson(author, joint=False)
    second = place.someone(Role.APPROVER)
    submit(page, author)
    step = open_step(page)
    before = step.content_hash
    draft = fresh(page).get_latest_revision_as_object()
    revision = draft.save_revision(user=author)
    assert revision.pk != step.revision_id
    state = open_step(page)
    assert (state.revision_id, state.content_hash) == (revision.pk, before)
    approve(page, second)
    assert fresh(page).live
    assert approver


def test_rejected_work_goes_on_at_the_same_step(place, author, approver):
    page = place.lesson(author)
    submit(page, author)
    reject(page, approver)
    assert fresh(page).current_workflow_state.status == "needs_changes"
    edit(page, author, "Where the counter is")
    submit(page, author)
    assert open_step(page).task.name == "Approval of each partner"
    approve(page, approver)
    page = fresh(page)
    assert page.live
    assert page.title == "Where the counter is"


def test_a_rejection_says_why(place, author, approver):
    page = place.lesson(author)
    submit(page, author)
    with pytest.raises(ReviewRefused, match="comment"):
        reject(page, approver, comment="  ")


def test_taking_back_needs_a_reason_once_somebody_voted(place, author, approver):
    page = place.guide(author)
    submit(page, author)
    approve(page, approver)
    with pytest.raises(ReviewRefused, match="reason"):
        cancel(fresh(page), author)
    cancel(fresh(page), author, "The fee changes next week.")
    assert fresh(page).current_workflow_state is None


def test_membership_that_ends_takes_its_vote_along(place, author, approver):
    page = place.guide(author)
    submit(page, author)
    approve(page, approver)
    Membership.objects.filter(user=approver).delete()
    plain = place.someone(Role.SPECIALIST, specialism="plain_language")
    accessibility = place.someone(Role.SPECIALIST, specialism="accessibility")
    answers = dict.fromkeys(
        ("who-what-when", "words", "sentences", "pictures", "structure", "media"), ("yes", "")
    )
    approve(page, plain, answers=answers)
    approve(page, accessibility, answers=answers)
    assert not fresh(page).live
    approve(page, place.someone(Role.APPROVER))
    assert fresh(page).live


def test_a_checklist_is_answered(place, author):
    page = place.guide(author)
    submit(page, author)
    plain = place.someone(Role.SPECIALIST, specialism="plain_language")
    with pytest.raises(ReviewRefused, match="answered"):
        approve(page, plain)


class TestJoint:
    @pytest.fixture
    def joint(self, place, author):
        page = place.lesson(author, joint=True)
        submit(page, author)
        return page

    def test_two_votes_of_one_side_are_not_enough(self, place, joint):
        close_fact_check(place, joint)
        approve(joint, place.someone(Role.APPROVER))
        approve(joint, place.someone(Role.APPROVER))
        assert not fresh(joint).live
        approve(joint, place.someone(Role.APPROVER, place.association))
        assert fresh(joint).live

    def test_a_hub_admin_stands_for_no_side(self, place, joint):
        close_fact_check(place, joint)
        from tests.actors import person

        with pytest.raises(ReviewRefused, match="another role"):
            approve(joint, person(Role.HUB_ADMIN))


def close_fact_check(place, page):
    assert open_step(page).task.name == "Legal fact check"
    answered_and_closed(page)


def test_plain_publishing_is_refused(place, author):
    page = place.lesson(author)
    with pytest.raises(PublicationRefused):
        page.latest_revision.publish(skip_permission_checks=True)
    with pytest.raises(PublicationRefused):
        page.live = True
        page.save()
    assert not fresh(page).live
    with as_setup():
        page.latest_revision.publish()
    assert fresh(page).live


def test_a_live_text_does_not_change_by_saving(place, author):
    page = place.lesson(author)
    with as_setup():
        page.latest_revision.publish()
    page = fresh(page)
    page.title = "Swapped"
    with pytest.raises(PublicationRefused):
        page.save()
    page = fresh(page)
    page.locked = True
    page.save()
    assert fresh(page).title != "Swapped"


def test_revision_and_row_say_the_same(place, author):
    page = place.guide(author)
    assert revision_hash(page.latest_revision) == content_hash(page)
    assert content_hash(page.latest_revision.as_object()) == content_hash(page)
