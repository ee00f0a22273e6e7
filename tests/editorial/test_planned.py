"""Approved for a later day: exactly that text goes live then, and nothing else meanwhile."""

import datetime as dt

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Revision

from content import scheduling
from content.hashing import content_hash
from content.models import AuditEvent, Job
from content.publication import PublicationRefused
from editorial.errors import ReviewRefused
from editorial.models import Notification
from editorial.services.emergency import publish_urgently
from editorial.services.submission import submit
from tests.actors import person, signed_in
from tests.editorial.reviews import Role, approve, fresh, town
from tests.editorial.test_review_rules import save
from tests.jobs import drain

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return town()


@pytest.fixture
def author(place):
    return place.someone(Role.AUTHOR)


def at(days):
    return (timezone.localtime() + dt.timedelta(days=days)).strftime("%Y-%m-%d %H:%M")


@pytest.fixture
def planned(place, author):
    """Handed in with a day by the editor's form, and approved."""
    page = place.lesson(author)
    save(signed_in(author), page, go_live_at=at(3), **{"action-submit": "1"})
    approve(page, place.someone(Role.APPROVER))
    return page


def on_day(days):
    """Run what is due on a later day."""
    with time_machine.travel(timezone.now() + dt.timedelta(days=days), tick=False):
        scheduling.enqueue_due()
        drain()


def roads_of(page):
    events = AuditEvent.objects.filter(object_id=str(page.pk), kind="published")
    return [event.data["road"] for event in events]


def test_what_was_approved_goes_live_on_its_day(planned):
    voted = AuditEvent.objects.get(kind="approved").content_hash
    assert not fresh(planned).live
    assert AuditEvent.objects.filter(kind="scheduled").count() == 1
    on_day(1)
    assert not fresh(planned).live
    on_day(4)
    assert fresh(planned).live
    assert content_hash(fresh(planned)) == voted
    assert roads_of(planned) == ["schedule"]
    on_day(5)
    assert roads_of(planned) == ["schedule"]


def test_a_day_that_was_missed_is_caught_up(planned):
    on_day(60)
    assert fresh(planned).live


def test_it_takes_the_place_of_what_is_live_on_its_day(place, author):
    page = place.lesson(author)
    submit(page, author)
    approver = place.someone(Role.APPROVER)
    approve(page, approver)
    client = signed_in(author)
    save(client, page, title="From Friday", go_live_at=at(3), **{"action-submit": "1"})
    approve(page, approver)
    assert fresh(page).title == "What we tried"
    on_day(4)
    assert fresh(page).title == "From Friday"


def test_the_editor_is_closed_meanwhile(place, author, planned):
    before = fresh(planned).latest_revision
    for user in (author, place.someone(Role.EDITOR), person(Role.HUB_ADMIN)):
        client = signed_in(user)
        for more in (
            {"title": "Swapped"},
            {"title": "Swapped", "overwrite_revision_id": str(before.pk)},
            {"title": "Swapped", "go_live_at": at(-1), "action-submit": "1"},
        ):
            _response, saved = save(client, planned, **more)
            assert not saved
    assert Revision.objects.get(pk=before.pk).content == before.content


def test_it_is_not_overwritten_past_the_editor(author, planned):
    revision = fresh(planned).latest_revision
    draft = revision.as_object()
    draft.title = "Swapped"
    written = draft.save_revision(user=author, overwrite_revision=revision)
    assert written.pk != revision.pk
    revision.refresh_from_db()
    assert revision.approved_go_live_at is not None
    on_day(4)
    assert fresh(planned).title == "What we tried"


def test_it_is_not_handed_in_again(author, planned):
    with pytest.raises(ReviewRefused, match="waits for its day"):
        submit(planned, author)


def test_its_day_is_not_taken_away_by_the_editor(author, planned):
    revision = fresh(planned).latest_revision
    url = reverse("wagtailadmin_pages:revisions_unschedule", args=[planned.pk, revision.pk])
    for user in (author, person(Role.HUB_ADMIN)):
        signed_in(user).post(url)
        revision.refresh_from_db()
        assert revision.approved_go_live_at is not None


def test_what_nobody_approved_does_not_go_live_on_its_day(place, author):
    page = place.lesson(author)
    Revision.objects.filter(pk=page.latest_revision_id).update(
        approved_go_live_at=timezone.now() - dt.timedelta(hours=1)
    )
    scheduling.enqueue_due()
    drain()
    assert not fresh(page).live
    assert Job.objects.filter(kind="content.go_live", state=Job.State.DEAD).count() == 1


def test_a_text_that_was_swapped_in_the_table_does_not_go_live(planned):
    revision = fresh(planned).latest_revision
    revision.content["title"] = "Swapped"
    Revision.objects.filter(pk=revision.pk).update(content=revision.content)
    on_day(4)
    assert not fresh(planned).live


def test_wagtail_s_own_command_publishes_nothing(planned):
    with (
        time_machine.travel(timezone.now() + dt.timedelta(days=4)),
        pytest.raises(PublicationRefused),
    ):
        call_command("publish_scheduled", verbosity=0)
    assert not fresh(planned).live


def test_an_end_takes_it_down(place, author):
    page = place.lesson(author)
    save(signed_in(author), page, expire_at=at(2), **{"action-submit": "1"})
    approve(page, place.someone(Role.APPROVER))
    assert fresh(page).live
    on_day(3)
    assert not fresh(page).live
    assert AuditEvent.objects.get(kind="taken_down").data["road"] == "expiry"


def test_an_emergency_meanwhile_is_not_undone_by_the_day(place, author, planned):
    starter = place.someone(Role.EDITOR, may_start_emergency=True)
    draft = fresh(planned).get_latest_revision_as_object()
    draft.title = "The river is rising"
    draft.save_revision(user=starter)
    publish_urgently(planned, starter, "People have to know this tonight.")
    on_day(4)
    assert fresh(planned).title == "The river is rising"


def test_a_day_that_has_passed_is_now(place, author):
    page = place.lesson(author)
    save(signed_in(author), page, go_live_at=at(1), **{"action-submit": "1"})
    with time_machine.travel(timezone.now() + dt.timedelta(days=2)):
        approve(page, place.someone(Role.APPROVER))
        assert fresh(page).live


def call_off(client, page, reason="The new fee is not decided yet."):
    url = reverse("desk:call_off", args=["lessons", "casestudypage", page.pk])
    return client.post(url, {"reason": reason})


def test_it_is_called_off_with_a_reason(place, author, planned):
    editor = signed_in(place.someone(Role.EDITOR))
    edit = reverse("wagtailadmin_pages:edit", args=[planned.pk])
    assert "Call off the publication" in editor.get(edit).content.decode()
    assert call_off(editor, planned, "no").status_code == 422
    assert fresh(planned).scheduled_revision is not None
    assert call_off(editor, planned).status_code == 302
    assert fresh(planned).scheduled_revision is None
    event = AuditEvent.objects.get(kind="schedule_called_off")
    assert event.data["reason"] == "The new fee is not decided yet."
    assert Notification.objects.filter(kind="called_off", user=author).count() == 1
    on_day(4)
    assert not fresh(planned).live
    assert call_off(editor, planned).status_code == 422


def test_what_was_called_off_is_approved_anew(place, author, planned):
    call_off(signed_in(author), planned)
    client = signed_in(author)
    assert save(client, planned, title="Later", go_live_at=at(9))[1]
    on_day(10)
    assert not fresh(planned).live
    submit(fresh(planned), author)
    approve(planned, place.someone(Role.APPROVER))
    on_day(10)
    assert fresh(planned).title == "Later"


def test_others_do_not_call_it_off(place, planned):
    stranger = place.someone(Role.TRANSLATION_REVIEWER, languages="es")
    assert call_off(signed_in(stranger), planned).status_code in {302, 403}
    assert fresh(planned).scheduled_revision is not None
