"""The dashboard and the review screen, by their addresses and forms."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from content.models import AuditEvent
from editorial.errors import ReviewRefused
from editorial.factcheck import services as factcheck
from editorial.models import Notification
from editorial.queries.state import content_state
from editorial.services.submission import submit
from editorial.services.votes import vote
from partners.services import add_membership
from tests.actors import signed_in
from tests.editorial.reviews import Role, approve, edit, fresh, open_step, reject, town
from tests.factories.partners import ServiceFactory

pytestmark = pytest.mark.django_db

HOME = "/admin/"


@pytest.fixture
def place():
    return town()


@pytest.fixture
def author(place):
    return place.someone(Role.AUTHOR)


@pytest.fixture
def lesson(place, author):
    made = place.lesson(author)
    submit(made, author)
    return made


def review(page):
    return reverse("desk:review", args=[open_step(page).pk])


def decide(client, page, act, **data):
    step = open_step(page)
    return client.post(
        reverse("desk:review", args=[step.pk]),
        {"act": act, "seen_hash": step.content_hash, "comment": "", **data},
    )


class TestSentence:
    def test_of_a_draft(self, place, author):
        assert content_state(place.lesson(author)).sentence == "Draft"

    def test_in_review(self, lesson):
        said = content_state(fresh(lesson)).sentence
        assert said.startswith("In review, step 2 of 2, waits for partner approver (Partner")
        assert ", due " in said

    def test_after_publication(self, place, lesson):
        approve(lesson, place.someone(Role.APPROVER))
        assert content_state(fresh(lesson)).sentence == "Published"


class TestReviewScreen:
    def test_an_approver_approves_with_one_click(self, place, lesson):
        client = signed_in(place.someone(Role.APPROVER))
        shown = client.get(review(lesson)).content.decode()
        assert "partner approver" in shown
        answer = decide(client, lesson, "approve")
        assert answer.status_code == 302
        assert fresh(lesson).live

    def test_changes_are_asked_for_with_a_comment(self, place, lesson):
        client = signed_in(place.someone(Role.APPROVER))
        assert decide(client, lesson, "reject").status_code == 422
        assert fresh(lesson).current_workflow_state.status == "in_progress"
        decide(client, lesson, "reject", comment="Name the counter.")
        assert fresh(lesson).current_workflow_state.status == "needs_changes"

    def test_what_was_read_is_what_is_decided(self, place, author, lesson):
        client = signed_in(place.someone(Role.APPROVER))
        seen = open_step(lesson).content_hash
        edit(lesson, author, "Other words")
        answer = client.post(review(lesson), {"act": "approve", "seen_hash": seen, "comment": ""})
        assert answer.status_code == 422
        assert "has changed since" in answer.content.decode()
        assert not fresh(lesson).live

    def test_an_author_sees_no_buttons(self, author, lesson):
        shown = signed_in(author).get(review(lesson)).content.decode()
        assert 'value="approve"' not in shown
        assert "You contributed" in shown

    def test_other_partners_are_led_away(self, place, lesson):
        client = signed_in(place.someone(Role.APPROVER, place.association))
        assert client.get(review(lesson)).status_code == 302
        assert decide(client, lesson, "approve").status_code == 302
        assert not fresh(lesson).live

    def test_questions_are_answered_on_it(self, place, author):
        page = place.guide(author)
        submit(page, author)
        plain = signed_in(place.someone(Role.SPECIALIST, specialism="plain_language"))
        assert decide(plain, page, "approve").status_code == 422
        keys = ("who-what-when", "words", "sentences")
        answers = {f"plain-language:{key}": "yes" for key in keys}
        assert decide(plain, page, "approve", **answers).status_code == 302

    def test_a_claim_is_seen(self, place, lesson):
        approver = place.someone(Role.APPROVER)
        client = signed_in(approver)
        assert client.post(review(lesson), {"act": "claim"}).status_code == 302
        assert f"{approver.username} is at it" in content_state(fresh(lesson)).sentence

    def test_a_comment_stands_beside_its_passage_and_is_no_version(self, place, lesson):
        client = signed_in(place.someone(Role.APPROVER))
        before = open_step(lesson).content_hash
        data = {"act": "comment", "passage": "summary", "text": "Shorter, please."}
        assert client.post(review(lesson), data).status_code == 302
        assert "Shorter, please." in client.get(review(lesson)).content.decode()
        assert open_step(lesson).content_hash == before

    def test_nobody_left_to_agree_is_said(self, author, lesson):
        assert "Nobody can agree here" in signed_in(author).get(review(lesson)).content.decode()


class TestActs:
    def address(self, name, page):
        return reverse(f"desk:{name}", args=[*page._meta.label_lower.split("."), page.pk])

    def test_hand_in_and_take_back(self, place, author):
        page = place.lesson(author)
        client = signed_in(author)
        assert client.get(self.address("submit", page)).status_code == 200
        assert client.post(self.address("submit", page), {"note": ""}).status_code == 302
        assert fresh(page).workflow_in_progress
        client.post(self.address("cancel", page), {"reason": ""})
        assert not fresh(page).workflow_in_progress

    def test_taking_down_needs_a_reason_and_the_role(self, place, author, lesson):
        approve(lesson, place.someone(Role.APPROVER))
        assert signed_in(author).get(self.address("take_down", lesson)).status_code == 302
        client = signed_in(place.someone(Role.STEWARD))
        assert client.post(self.address("take_down", lesson), {"reason": "no"}).status_code == 422
        assert fresh(lesson).live
        client.post(self.address("take_down", lesson), {"reason": "The programme has ended."})
        assert not fresh(lesson).live

    def test_publishing_urgently(self, place, author):
        page = place.lesson(author)
        assert signed_in(author).get(self.address("emergency", page)).status_code == 302
        client = signed_in(place.someone(Role.EDITOR, may_start_emergency=True))
        reason = {"reason": "The river is over its banks.", "until": ""}
        assert client.post(self.address("emergency", page), {"reason": "soon"}).status_code == 422
        assert client.post(self.address("emergency", page), reason).status_code == 302
        page = fresh(page)
        assert page.live
        assert page.workflow_in_progress
        assert "; published urgently on " in content_state(page).sentence


class TestDashboard:
    def test_each_sees_what_waits(self, place, author, lesson):
        title = fresh(lesson).title
        approver = place.someone(Role.APPROVER)
        stranger = place.someone(Role.APPROVER, place.association)
        assert title in signed_in(approver).get(HOME).content.decode()
        assert title in signed_in(author).get(HOME).content.decode()
        assert title not in signed_in(stranger).get(HOME).content.decode()

    @pytest.mark.parametrize("address", [HOME, "/admin/reviews/"])
    def test_its_cost_is_the_same_for_any_number(
        self, place, author, address, django_assert_num_queries
    ):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        approver = place.someone(Role.APPROVER)

        def cost():
            client = signed_in(approver)
            client.get(address)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(address).status_code == 200
            return len(queries)

        for number in range(2):
            submit(place.lesson(author, title=f"Lesson {number}"), author)
        few = cost()
        for number in range(6):
            submit(place.lesson(author, title=f"Another {number}"), author)
        assert cost() == few

    def test_the_explorer_says_how_far_each_page_is(self, place, author, lesson):
        parent = fresh(lesson).get_parent()
        client = signed_in(place.someone(Role.EDITOR))
        shown = client.get(reverse("wagtailadmin_explore", args=[parent.pk])).content.decode()
        assert "In review, step 2 of 2" in shown

    def test_the_editor_says_it_too(self, author, lesson):
        client = signed_in(author)
        shown = client.get(reverse("wagtailadmin_pages:edit", args=[lesson.pk])).content.decode()
        assert "In review, step 2 of 2" in shown
        assert review(lesson) in shown


class TestFactCheck:
    @pytest.fixture
    def joint(self, place, author):
        place.legal = place.someone(Role.SPECIALIST, specialism="legal")
        place.plain = place.someone(Role.SPECIALIST, specialism="plain_language")
        page = place.lesson(author, joint=True, title="Both of us")
        submit(page, author)
        return page

    def test_a_specialist_of_the_subject_is_told_and_answers(self, place, joint):
        told = Notification.objects.get(user=place.legal, object_id=str(joint.pk))
        client = signed_in(place.legal)
        assert client.get(reverse("notification", args=[told.pk])).url == review(joint)
        shown = client.get(review(joint)).content.decode()
        answering = reverse("fact_checks:answer", args=["lessons", "casestudypage", joint.pk])
        assert answering in shown
        assert 'value="approve"' not in shown
        # Without a referrer browsers hide the origin of the form, and it would be refused.
        assert 'content="same-origin"' in client.get(answering).content.decode()
        seen = open_step(joint).content_hash
        client.post(answering, {"verdict": "correct", "comment": "As the law says.", "seen": seen})
        assert "As the law says." in client.get(review(joint)).content.decode()
        assert "Both of us" not in client.get("/admin/reviews/?show=mine").content.decode()

    def test_it_waits_for_the_subject_only(self, place, joint):
        mine = "/admin/reviews/?show=mine"
        assert "Both of us" in signed_in(place.legal).get(mine).content.decode()
        assert "Both of us" not in signed_in(place.plain).get(mine).content.decode()


def editor_of(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


class TestFromTheMail:
    def test_the_link_leads_to_the_review_after_signing_in(self, place, lesson):
        from django.test import Client

        approver = place.someone(Role.APPROVER)
        approver.set_password("long enough for anybody 7")
        approver.save()
        page = place.lesson(place.someone(Role.AUTHOR), title="Another")
        submit(page, fresh(page).owner)
        told = Notification.objects.get(user=approver, object_id=str(page.pk))
        client = Client()
        address = reverse("notification", args=[told.pk])
        door = client.get(address)
        assert door.url.startswith("/admin/login/?next=")
        form = {
            "username": approver.username,
            "password": "long enough for anybody 7",
            "next": address,
        }
        entered = client.post("/admin/login/", form)
        assert entered.url == address
        assert client.get(address).url == review(page)
        assert decide(client, page, "approve").status_code == 302
        assert fresh(page).live

    def test_others_are_led_where_they_were_before(self, place, author, lesson):
        reject(lesson, place.someone(Role.APPROVER))
        told = Notification.objects.get(user=author, kind="rejected")
        address = reverse("notification", args=[told.pk])
        assert signed_in(author).get(address).url == editor_of(lesson)

    def test_a_decided_step_is_asked_of_nobody(self, place, lesson):
        approver, second = place.someone(Role.APPROVER), place.someone(Role.APPROVER)
        page = place.lesson(place.someone(Role.AUTHOR), title="Another")
        submit(page, fresh(page).owner)
        approve(page, approver)
        told = Notification.objects.get(user=second, object_id=str(page.pk), kind="step_opened")
        led = signed_in(second).get(reverse("notification", args=[told.pk])).url
        assert "/reviews/" not in led


class TestEditor:
    def test_reviewers_read_why_they_do_not_edit_and_are_led_on(self, place, lesson):
        shown = signed_in(place.someone(Role.APPROVER)).get(editor_of(lesson)).content.decode()
        assert "Reviewers approve, comment or request changes." in shown
        assert "Approve or request changes" in shown
        assert "Only reviewers" not in shown
        assert "Page locked" not in shown

    def test_authors_go_on_and_are_offered_no_approval(self, author, lesson):
        shown = signed_in(author).get(editor_of(lesson)).content.decode()
        assert "Approve or request changes" not in shown
        assert "You can go on writing." in shown

    def test_a_lock_names_its_holder(self, place, author):
        page = place.lesson(author)
        holder = place.someone(Role.EDITOR)
        page.locked, page.locked_by = True, holder
        page.save()
        shown = signed_in(author).get(editor_of(page)).content.decode()
        assert f"Locked by {holder.username}" in shown

    def test_what_is_planned_is_not_changed_nor_handed_in(self, place, author):
        page = place.lesson(author)
        draft = page.get_latest_revision_as_object()
        draft.go_live_at = timezone.now() + timedelta(days=9)
        draft.save_revision(user=author)
        submit(fresh(page), author)
        approve(page, place.someone(Role.APPROVER))
        shown = signed_in(author).get(editor_of(page)).content.decode()
        assert "Nobody changes it until it goes live." in shown
        assert "Hand in for review" not in shown

    def test_a_comment_of_a_reviewer_stands_in_the_comment_panel(self, place, author, lesson):
        client = signed_in(place.someone(Role.APPROVER))
        block = fresh(lesson).get_latest_revision_as_object().body[0].id
        data = {"act": "comment", "passage": f"body.{block}", "text": "Which counter?"}
        assert client.post(review(lesson), data).status_code == 302
        shown = signed_in(author).get(editor_of(lesson))
        comments = shown.context["form"].formsets["comments"]
        assert [(f.instance.text, f.instance.contentpath) for f in comments.initial_forms] == [
            ("Which counter?", f"body.{block}")
        ]

    def test_reviewers_compare_with_what_readers_see(self, place, author, lesson):
        approver = place.someone(Role.APPROVER)
        client = signed_in(approver)
        drafted = reverse("wagtailadmin_pages:view_draft", args=[lesson.pk])
        assert drafted in client.get(review(lesson)).content.decode()
        assert client.get(drafted).status_code == 200
        approve(lesson, approver)
        edit(lesson, author, "Other words")
        submit(fresh(lesson), author)
        compared = reverse(
            "wagtailadmin_pages:revisions_compare", args=[lesson.pk, "live", "latest"]
        )
        assert compared in client.get(review(lesson)).content.decode()
        assert "Other words" in client.get(compared).content.decode()


class TestRecords:
    @pytest.fixture
    def words(self, place):
        service = ServiceFactory(organization=place.city, slug="permits")
        return service.texts.get()

    @pytest.fixture
    def writer(self, place):
        return place.someone(Role.EDITOR)

    def rename(self, words, writer):
        words.name = "Permits to build"
        words.save_revision(user=writer)
        return fresh(words)

    def test_the_editor_of_a_record_says_its_state_and_offers_the_same_acts(
        self, place, words, writer
    ):
        words = self.rename(words, writer)
        address = reverse("wagtailsnippets_partners_servicetext:edit", args=[words.pk])
        client = signed_in(writer)
        shown = client.get(address).content.decode()
        assert "a newer draft has not been handed in" in shown
        parts = ["partners", "servicetext", words.pk]
        assert reverse("desk:submit", args=parts) in shown
        client.post(reverse("desk:submit", args=parts), {"note": ""})
        assert reverse("desk:cancel", args=parts) in client.get(address).content.decode()
        approver = signed_in(place.someone(Role.APPROVER))
        assert decide(approver, words, "approve").status_code == 302
        assert fresh(words).name == "Permits to build"

    def test_lists_of_records_say_it_too(self, words, writer):
        submit(self.rename(words, writer), writer)
        address = reverse("wagtailsnippets_partners_servicetext:list")
        client = signed_in(writer)
        shown = client.get(address).content.decode()
        assert "In review, step 1 of 1" in shown
        assert "Permits to build" in shown

    def test_choosers_say_nothing_of_reviews_of_others(self, place, words, writer):
        submit(self.rename(words, writer), writer)
        stranger = signed_in(place.someone(Role.EDITOR, place.association))
        address = reverse("wagtailsnippetchoosers_partners_servicetext:choose")
        assert "In review" not in stranger.get(address).content.decode()


class TestBeforeHandingIn:
    def address(self, page):
        return reverse("desk:submit", args=["lessons", "casestudypage", page.pk])

    def test_it_says_who_will_be_asked(self, place, author):
        place.someone(Role.APPROVER)
        page = place.lesson(author)
        shown = signed_in(author).get(self.address(page)).content.decode()
        assert "Automatic checks" in shown
        assert "partner approver (" in shown
        assert "Nobody can agree here" not in shown

    def test_it_says_whom_nobody_can_stand_in_for(self, place, author):
        place.someone(Role.APPROVER)
        page = place.lesson(author, joint=True)
        shown = signed_in(author).get(self.address(page)).content.decode()
        assert shown.count("Nobody can agree here") == 1

    def test_one_person_is_not_counted_for_two_requirements(self, place, author):
        both = place.someone(Role.APPROVER)
        for specialism in ("plain_language", "accessibility"):
            add_membership(
                user=both, role=Role.SPECIALIST, partner=place.city, specialism=specialism
            )
        page = place.guide(author)
        address = reverse("desk:submit", args=["guides", "guidepage", page.pk])
        shown = signed_in(author).get(address).content.decode()
        assert shown.count("Nobody can agree here") == 2

    def test_own_work_is_not_offered_to_its_author(self, place, author):
        add_membership(user=author, role=Role.APPROVER, partner=place.city)
        page = place.lesson(author)
        assert "Nobody can agree here" in signed_in(author).get(self.address(page)).content.decode()


class TestKindOfChange:
    @pytest.fixture
    def minor(self, place, author):
        page = place.guide(author)
        draft = page.get_latest_revision_as_object()
        draft.change_kind = "minor"
        draft.save_revision(user=author)
        submit(fresh(page), author)
        return fresh(page)

    def kind(self, page):
        return fresh(page).get_latest_revision_as_object().change_kind

    def test_a_reviewer_raises_it_and_more_people_are_asked(self, place, minor):
        assert "plain language" not in content_state(minor).sentence
        seen, revision = open_step(minor).content_hash, minor.latest_revision_id
        client = signed_in(place.someone(Role.APPROVER))
        assert 'name="change_kind"' in client.get(review(minor)).content.decode()
        assert decide(client, minor, "approve", change_kind="major").status_code == 302
        assert self.kind(minor) == "major"
        assert (open_step(minor).content_hash, fresh(minor).latest_revision_id) == (seen, revision)
        assert "plain language" in content_state(fresh(minor)).sentence
        assert not fresh(minor).live
        event = AuditEvent.objects.get(kind="change_kind_raised")
        assert (event.data["former"], event.data["change_kind"]) == ("minor", "major")

    def test_nobody_lowers_it(self, place, author, minor):
        approver = place.someone(Role.APPROVER)
        vote(open_step(minor).pk, approver, "reject", comment="More.", change_kind="critical")
        latest = fresh(minor).get_latest_revision_as_object()
        latest.change_kind = "minor"
        latest.save_revision(user=author)
        assert self.kind(minor) == "critical"
        submit(fresh(minor), author)
        with pytest.raises(ReviewRefused):
            vote(open_step(minor).pk, approver, "approve", change_kind="minor")
        assert self.kind(minor) == "critical"

    def test_steps_approved_before_are_asked_again(self, place, minor):
        factcheck.invite(
            obj=minor,
            user=place.someone(Role.EDITOR),
            name="Nora",
            email="nora@example.net",
            language="en",
        )
        approve(minor, place.someone(Role.APPROVER))
        closing = open_step(minor)
        assert closing.task.name == "Fact check"
        vote(closing.pk, place.someone(Role.APPROVER), "approve", change_kind="major")
        assert open_step(minor).task.name == "Approval of a guide"
        assert not fresh(minor).live
