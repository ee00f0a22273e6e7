"""Each way in which a stock workflow lets the wrong text or the wrong person through, refused."""

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, Revision, TaskState, WorkflowState
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from content.hashing import content_hash
from content.models import ActorName, AuditEvent, Job
from content.verification import verify
from editorial.errors import ReviewRefused
from editorial.models import ApprovalTask, ApprovalVote, Requirement
from editorial.services.submission import submit
from partners.models import Membership
from tests.actors import person, signed_in
from tests.editorial.fact_checks import answer, ask
from tests.editorial.reviews import Role, approve, edit, fresh, open_step, reject, town
from tests.jobs import drain

pytestmark = pytest.mark.django_db
BODY = [{"type": "text", "value": "<p>Come to the counter.</p>", "id": "b" * 8}]


@pytest.fixture(autouse=True)
def _mails_are_rows(settings):
    settings.EMAIL_BACKEND = "content.mail.backend.JobEmailBackend"


@pytest.fixture
def place():
    return town()


@pytest.fixture
def author(place):
    return place.someone(Role.AUTHOR)


@pytest.fixture
def lesson(place, author):
    """In review: the partner's approver is asked."""
    page = place.lesson(author)
    submit(page, author)
    return fresh(page)


@pytest.fixture
def approver(place):
    return place.someone(Role.APPROVER)


@pytest.fixture
def two_of_them():
    """Two people of each partner have to agree."""
    Requirement.objects.filter(key="partner-approver").update(quorum=2)


def form(page, **more):
    """What the editor posts of a lesson."""
    rich = {name: inline_formset([]) for name in ("partner_roles", "comments")}
    return nested_form_data(
        {
            "title": page.title,
            "slug": page.slug,
            "summary": page.summary,
            "on_expiry": "notice",
            "change_kind": "major",
            "change_note": "Other words.",
            "licence": page.licence,
            "owner_partner": page.owner_partner_id,
            "tags": "",
            "body": streamfield([]),
            **{name: streamfield([]) for name in STREAMS},
            **rich,
            **more,
        }
    )


STREAMS = ("claims", "reusable_as")


def editor(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def save(client, page, **more):
    """Press a button of the editor; the page has to take the form."""
    before = fresh(page).latest_revision_id
    response = client.post(editor(page), form(page, **more))
    assert response.status_code in {200, 302}, response.status_code
    return response, fresh(page).latest_revision_id != before


def press(client, page, action, state=None, **data):
    """A button of Wagtail's own workflow menu."""
    state = state or open_step(page)
    url = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, action, state.pk])
    return client.post(url, data)


def decide(client, page, act="approve", **data):
    step = open_step(page)
    return client.post(
        reverse("desk:review", args=[step.pk]),
        {"act": act, "seen_hash": step.content_hash, "comment": "", **data},
    )


class TestWhatGoesLive:
    def test_the_button_of_wagtail_publishes_what_was_voted(self, lesson, approver):
        voted = open_step(lesson).content_hash
        assert press(signed_in(approver), lesson, "approve").status_code == 302
        assert content_hash(fresh(lesson)) == voted
        assert fresh(lesson).live

    def test_autosave_does_not_swap_a_text_under_its_votes(
        self, place, author, lesson, approver, two_of_them
    ):
        decide(signed_in(approver), lesson)
        voted = fresh(lesson).latest_revision_id
        words = Revision.objects.get(pk=voted).content["title"]
        response, saved = save(
            signed_in(author),
            lesson,
            title="Swapped",
            overwrite_revision_id=str(voted),
            loaded_revision_id=str(voted),
        )
        assert saved, response.content.decode()[:500]
        assert Revision.objects.get(pk=voted).content["title"] == words
        decide(signed_in(place.someone(Role.APPROVER)), lesson)
        assert not fresh(lesson).live
        decide(signed_in(approver), lesson)
        assert fresh(lesson).title == "Swapped"

    def test_an_earlier_step_is_asked_again(self, place, author, approver):
        Requirement.objects.exclude(key="partner-approver").delete()
        page = place.guide(author)
        submit(page, author)
        ask(page, author, subject="")
        approve(page, approver)
        assert open_step(page) is None or open_step(page).task.name != "Approval of a guide"
        edit(page, author, "Other words")
        step = open_step(page)
        if step is not None:
            assert not fresh(page).live

    def test_two_votes_on_two_texts_are_no_quorum(
        self, place, author, lesson, approver, two_of_them
    ):
        approve(lesson, approver)
        edit(lesson, author, "Second words")
        approve(lesson, place.someone(Role.APPROVER))
        assert not fresh(lesson).live

    def test_saving_while_approving_makes_the_reviewer_a_writer(self, lesson, approver):
        """The editor can save and approve with one post."""
        ApprovalTask.objects.update(allow_edit=True)
        client = signed_in(approver)
        client.post(
            editor(lesson),
            form(lesson, title="Mine", **{"action-workflow-action": "1"})
            | {"workflow-action-name": "approve"},
        )
        assert not fresh(lesson).live


class TestWhoDecides:
    def refused(self, client, page, **data):
        before = ApprovalVote.objects.count()
        for response in (decide(client, page, **data), press(client, page, "approve")):
            assert response.status_code in {302, 403, 422}
        assert ApprovalVote.objects.count() == before
        assert not fresh(page).live

    def test_not_the_author(self, lesson, author):
        self.refused(signed_in(author), lesson)

    def test_not_a_superuser_on_own_work(self, place):
        owner = place.someone(Role.APPROVER)
        owner.is_superuser = True
        owner.save()
        page = place.lesson(owner)
        submit(page, owner)
        self.refused(signed_in(owner), page)

    def test_not_a_hub_admin_who_handed_it_in(self, place, author):
        page, admin = place.lesson(author), person(Role.HUB_ADMIN)
        submit(page, admin)
        self.refused(signed_in(admin), page)

    @pytest.mark.parametrize(
        "role", [Role.EDITOR, Role.STEWARD, Role.PARTNER_ADMIN, Role.TRANSLATOR, Role.SPECIALIST]
    )
    def test_not_another_role(self, place, lesson, role):
        self.refused(signed_in(place.someone(role)), lesson)

    def test_not_another_partner(self, place, lesson):
        self.refused(signed_in(place.someone(Role.APPROVER, place.association)), lesson)

    def test_not_a_reviewer_who_wrote_in_it(self, place, author, approver):
        ApprovalTask.objects.update(allow_edit=True)
        page = place.lesson(author)
        submit(page, author)
        edit(page, approver, "Better words")
        self.refused(signed_in(approver), page)
        approve(page, place.someone(Role.APPROVER))
        assert fresh(page).live

    def test_not_a_writer_whose_draft_was_purged(self, place, author, approver):
        page = place.lesson(author)
        edit(page, approver, "A first idea")
        edit(page, author, "What became of it")
        submit(page, author)
        call_command("purge_revisions", verbosity=0)
        assert not Revision.objects.for_instance(page).filter(user=approver).exists()
        self.refused(signed_in(approver), page)

    def test_not_who_wrote_what_was_brought_back(self, place, author, approver):
        page = place.lesson(author)
        edit(page, approver, "An idea that was dropped")
        dropped = fresh(page).latest_revision
        edit(page, author, "What we tried")
        submit(page, author)
        approve(page, place.someone(Role.APPROVER))
        draft = fresh(page)
        draft.refresh_from_db()
        revived = dropped.as_object()
        revived.save_revision(user=author, log_action=True, previous_revision=dropped)
        submit(page, author)
        self.live_title(page)
        with pytest.raises(ReviewRefused, match="contributed"):
            approve(page, approver)

    def live_title(self, page):
        assert fresh(page).title == "What we tried"

    def test_not_twice(self, lesson, approver, two_of_them):
        client = signed_in(approver)
        assert decide(client, lesson).status_code == 302
        assert decide(client, lesson).status_code == 422
        assert press(client, lesson, "approve").status_code in {302, 403}
        assert ApprovalVote.objects.count() == 1
        assert not fresh(lesson).live

    def test_not_after_the_membership_has_ended(self, lesson, approver):
        client = signed_in(approver)
        client.get(reverse("desk:review", args=[open_step(lesson).pk]))
        Membership.objects.filter(user=approver).update(
            valid_until=timezone.localdate() - dt.timedelta(days=1)
        )
        self.refused(client, lesson)

    def test_a_vote_ends_with_its_membership(self, place, lesson, approver, two_of_them):
        approve(lesson, approver)
        Membership.objects.filter(user=approver).update(
            valid_until=timezone.localdate() - dt.timedelta(days=1)
        )
        approve(lesson, place.someone(Role.APPROVER))
        assert not fresh(lesson).live
        approve(lesson, place.someone(Role.APPROVER))
        assert fresh(lesson).live

    def test_a_closed_account_does_not_decide(self, lesson, approver):
        approver.is_active = False
        approver.save()
        with pytest.raises(ReviewRefused):
            approve(lesson, approver)

    def test_the_address_of_another_review_does_not_help(self, place, author, lesson, approver):
        """Wagtail looks at the page of the address and acts on the step of the address."""
        other = place.lesson(author, title="By the approver")
        edit(other, approver, "By the approver, too")
        submit(other, author)
        press(signed_in(approver), lesson, "approve", open_step(other))
        assert not fresh(other).live
        assert not fresh(lesson).live

    def test_a_quorum_is_people(self, place, lesson, two_of_them):
        approve(lesson, place.someone(Role.APPROVER))
        assert not fresh(lesson).live
        approve(lesson, place.someone(Role.APPROVER))
        assert fresh(lesson).live


class TestDelegates:
    @pytest.fixture
    def delegate(self, place, approver):
        delegate = place.someone(Role.EDITOR)
        Membership.objects.filter(user=approver).update(
            delegate_to=delegate, delegate_until=timezone.localdate()
        )
        return delegate

    def test_a_delegate_votes_and_both_are_named(self, lesson, approver, delegate):
        assert decide(signed_in(delegate), lesson).status_code == 302
        vote = ApprovalVote.objects.get()
        assert (vote.actor_key, vote.on_behalf_of) == (delegate.actor_key, approver.actor_key)
        assert fresh(lesson).live

    def test_not_for_ever(self, lesson, delegate):
        Membership.objects.exclude(delegate_to=None).update(
            delegate_until=timezone.localdate() - dt.timedelta(days=1)
        )
        assert decide(signed_in(delegate), lesson).status_code in {302, 403, 422}
        assert not fresh(lesson).live

    def test_one_voice_for_the_two(self, place, lesson, approver, delegate, two_of_them):
        approve(lesson, delegate)
        with pytest.raises(ReviewRefused):
            approve(lesson, approver)
        assert not fresh(lesson).live

    def test_not_for_a_writer(self, place, author, approver, delegate):
        page = place.lesson(approver)
        submit(page, approver)
        with pytest.raises(ReviewRefused):
            approve(page, delegate)

    def test_not_by_a_writer(self, place, approver, delegate):
        page = place.lesson(delegate)
        submit(page, delegate)
        with pytest.raises(ReviewRefused, match="contributed"):
            approve(page, delegate)


class TestBothSectors:
    @pytest.fixture
    def joint(self, place, author):
        """Past its legal fact check: one of each side is asked."""
        page = place.lesson(author, joint=True)
        submit(page, author)
        _row, link = ask(page, author)
        assert answer(link).status_code < 400
        approve(page, place.someone(Role.APPROVER))
        assert open_step(page).task.name == "Approval of both sectors"
        return page

    def test_two_of_one_side_are_not_enough(self, place, joint):
        approve(joint, place.someone(Role.APPROVER))
        with pytest.raises(ReviewRefused):
            approve(joint, person(Role.HUB_ADMIN))
        assert not fresh(joint).live
        approve(joint, place.someone(Role.APPROVER, place.association))
        assert fresh(joint).live

    def test_a_person_of_both_sides_counts_once(self, place, joint):
        both = place.someone(Role.APPROVER)
        place_of = Membership(user=both, partner=place.association, role=Role.APPROVER)
        place_of.save()
        approve(joint, both)
        with pytest.raises(ReviewRefused):
            approve(joint, both)
        assert not fresh(joint).live
        approve(joint, place.someone(Role.APPROVER))
        assert fresh(joint).live

    def test_nobody_is_left_out_by_an_edit(self, place, author, joint):
        """Who takes the other side off the page still needs the other side's agreement."""
        from tests.publishing import publish

        publish(fresh(joint).get_latest_revision_as_object())
        page = fresh(joint)
        page.partner_roles = []
        page.title = "Ours alone"
        page.save_revision(user=author, log_action=True)
        if fresh(page).current_workflow_state is None:
            submit(page, author)
        _row, link = ask(page, author)
        answer(link)
        approve(page, place.someone(Role.APPROVER))
        approve(page, place.someone(Role.APPROVER))
        assert fresh(page).title != "Ours alone"
        approve(page, place.someone(Role.APPROVER, place.association))
        assert fresh(page).title == "Ours alone"


class TestTakingBack:
    def test_the_editor_s_button_does_not_pass_over_votes(
        self, author, lesson, approver, two_of_them
    ):
        approve(lesson, approver)
        client = signed_in(author)
        for name in ("action-cancel-workflow", "action-restart-workflow"):
            client.post(editor(lesson), form(lesson, **{name: "1"}))
            assert fresh(lesson).current_workflow_state.status == WorkflowState.STATUS_IN_PROGRESS
        assert not AuditEvent.objects.filter(kind="review_cancelled").exists()

    def test_what_was_taken_back_begins_anew(self, author, lesson, approver, two_of_them):
        approve(lesson, approver)
        url = reverse("desk:cancel", args=["lessons", "casestudypage", lesson.pk])
        signed_in(author).post(url, {"reason": "The fee changes."})
        submit(lesson, author)
        approve(lesson, approver)
        assert not fresh(lesson).live

    def test_a_review_is_not_opened_twice(self, author, lesson):
        client = signed_in(author)
        save(client, lesson, **{"action-submit": "1"})
        assert WorkflowState.objects.active().count() == 1

    def test_rejected_work_is_not_approved_by_its_old_step(self, author, lesson, approver):
        old = open_step(lesson)
        reject(lesson, approver)
        press(signed_in(approver), lesson, "approve", old)
        assert not fresh(lesson).live


class TestLocks:
    def test_a_locked_draft_stays_as_it_is(self, place, author, lesson):
        editor_of_city = place.someone(Role.EDITOR)
        Page.objects.filter(pk=lesson.pk).update(
            locked=True, locked_by=editor_of_city, locked_at=timezone.now()
        )
        _response, saved = save(signed_in(author), lesson, title="Through the lock")
        assert not saved

    def test_a_lock_does_not_stop_the_reviewers(self, place, lesson, approver):
        Page.objects.filter(pk=lesson.pk).update(
            locked=True, locked_by=place.someone(Role.EDITOR), locked_at=timezone.now()
        )
        assert decide(signed_in(approver), lesson).status_code == 302
        assert fresh(lesson).live

    def test_reviewers_do_not_write(self, lesson, approver):
        _response, saved = save(signed_in(approver), lesson, title="By the reviewer")
        assert not saved


def test_looking_does_nothing(place, author, lesson, approver):
    """Scanners of mails open links: no GET decides, hands in, takes back or publishes."""
    other = place.lesson(author, title="Another")
    step = open_step(lesson)
    admin = person(is_staff=True)
    admin.is_superuser = True
    admin.save()
    named = ["lessons", "casestudypage"]
    urls = [
        reverse("desk:review", args=[step.pk]) + f"?act=approve&seen_hash={step.content_hash}",
        *[reverse(f"desk:{name}", args=[*named, lesson.pk]) for name in ("cancel", "emergency")],
        *[reverse(f"desk:{name}", args=[*named, other.pk]) for name in ("submit", "emergency")],
        editor(lesson) + "?action-publish=1&action-submit=1",
        *[
            reverse("wagtailadmin_pages:workflow_action", args=[lesson.pk, name, step.pk])
            for name in ("approve", "reject")
        ],
        *[
            reverse(f"wagtailadmin_pages:{name}", args=[lesson.pk])
            for name in ("unpublish", "delete", "confirm_workflow_cancellation", "copy")
        ],
    ]
    before = _rows()
    for user in (approver, author, admin):
        client = signed_in(user)
        for url in urls:
            assert client.get(url).status_code < 500
    assert _rows() == before


def _rows():
    models = (Revision, TaskState, WorkflowState, ApprovalVote, AuditEvent, Job)
    pages = set(Page.objects.values_list("pk", "live", "latest_revision"))
    return pages, [model.objects.count() for model in models]


class TestEvidence:
    def test_it_outlives_revisions_people_and_the_page(self, place, author, lesson, approver):
        approve(lesson, approver)
        drain()
        votes = list(ApprovalVote.objects.values_list("pk", "actor_key", "content_hash"))
        events = AuditEvent.objects.filter(object_id=str(lesson.pk)).count()
        edit(lesson, author, "A later draft")
        call_command("purge_revisions", verbosity=0)
        for user in (author, approver):
            get_user_model().objects.get(pk=user.pk).delete()
        url = reverse("desk:take_down", args=["lessons", "casestudypage", lesson.pk])
        steward = signed_in(place.someone(Role.STEWARD))
        assert steward.post(url, {"reason": "The programme is over."}).status_code == 302
        url = reverse("wagtailadmin_pages:delete", args=[lesson.pk])
        assert steward.post(url).status_code == 302
        assert not Page.objects.filter(pk=lesson.pk).exists()
        assert list(ApprovalVote.objects.values_list("pk", "actor_key", "content_hash")) == votes
        assert AuditEvent.objects.filter(object_id=str(lesson.pk)).count() >= events
        names = ActorName.objects.filter(actor_key=approver.actor_key)
        assert names.get().name == approver.username
        assert verify().damages == []


def test_two_people_at_once_publish_once(place, lesson):
    """The second sees what the first has done: the step is read anew under the lock."""
    first, second = place.someone(Role.APPROVER), place.someone(Role.APPROVER)
    stale = open_step(lesson)
    approve(lesson, first)
    with pytest.raises(ReviewRefused, match="decided already"):
        stale.task.specific.on_action(stale, second, "approve")
    assert AuditEvent.objects.filter(kind="published", object_id=str(lesson.pk)).count() == 1


def test_the_editor_says_what_the_checks_said(place):
    """Wagtail's own message speaks of a submission only."""
    author = place.someone(Role.AUTHOR)
    page = place.lesson(author)
    submit(page, author)
    approve(page, place.someone(Role.APPROVER))
    client = signed_in(author)
    untold = {"title": "Other words", "change_note": "", "action-submit": "1"}
    response, _saved = save(client, page, **untold)
    assert fresh(page).current_workflow_state.status == WorkflowState.STATUS_NEEDS_CHANGES
    said = client.get(response.url).content.decode()
    assert "The automatic checks have sent it back: Say what has changed" in said
