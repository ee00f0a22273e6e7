"""Live content without an approval: its evidence, the list of it, and how it leaves the list."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from content.hashing import content_hash
from content.models import AuditEvent
from content.publication import Road, release
from editorial.errors import ReviewRefused
from editorial.models import Unapproved
from editorial.services.legacy import record_legacy
from editorial.services.submission import submit
from guides.models import GuideIndexPage
from lessons.models import CaseStudyIndexPage
from partners.models import Membership, Service
from tests.actors import person, signed_in
from tests.editorial.reviews import approve, fresh, town
from tests.factories.guides import GuidePageFactory
from tests.factories.lessons import CaseStudyPageFactory
from tests.factories.partners import ServiceFactory
from tests.factories.tree import section

pytestmark = pytest.mark.django_db
Role = Membership.Role
INDEX = "unapproved:index"


@pytest.fixture
def place():
    return town()


def forget_evidence():
    """As in a hub that published before there was evidence."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM content_auditevent")
        cursor.execute("DELETE FROM content_audithead")


@pytest.fixture
def lesson(place):
    page = CaseStudyPageFactory(
        parent=section(place.city, CaseStudyIndexPage), owner_partner=place.city, title="Old lesson"
    )
    forget_evidence()
    return page


def row_of(obj):
    return Unapproved.objects.filter(
        object_type=obj._meta.label_lower, object_id=str(obj.pk)
    ).first()


def events_of(obj, kind):
    return AuditEvent.objects.filter(
        object_type=obj._meta.label_lower, object_id=str(obj.pk), kind=kind
    )


def test_every_live_page_and_record_gets_one_event(lesson, place):
    service = ServiceFactory(organization=place.city)
    forget_evidence()
    first = record_legacy()
    assert first == AuditEvent.objects.filter(kind="live_before_approvals").count()
    for obj in (lesson, service):
        event = events_of(obj, "live_before_approvals").get()
        assert event.content_hash == content_hash(fresh(obj))
        assert event.revision_id == fresh(obj).live_revision_id
        assert row_of(obj).origin == "before"
    call_command("record_legacy_pages")
    assert AuditEvent.objects.count() == first


def test_what_was_published_with_evidence_is_left_alone(place):
    page = GuidePageFactory(parent=section(place.city), owner_partner=place.city)
    record_legacy()
    assert row_of(page) is None


def test_drafts_are_left_alone(place):
    page = GuidePageFactory(parent=section(place.city), published=False)
    record_legacy()
    assert row_of(page) is None


def test_people_see_rows_of_their_own_partner(lesson, place):
    record_legacy()
    client = signed_in(place.someone(Role.EDITOR))
    assert "Old lesson" in client.get(reverse(INDEX)).content.decode()
    client = signed_in(place.someone(Role.EDITOR, place.association))
    assert "Old lesson" not in client.get(reverse(INDEX)).content.decode()
    client = signed_in(person(Role.HUB_ADMIN))
    found = client.get(reverse(INDEX), {"partner_id": place.city.pk, "kind": "lesson"})
    assert "Old lesson" in found.content.decode()
    found = client.get(reverse(INDEX), {"origin": "import"})
    assert "Old lesson" not in found.content.decode()


def test_a_live_text_is_handed_in_by_post_and_leaves_with_its_approval(lesson, place):
    record_legacy()
    row = row_of(lesson)
    address = reverse("unapproved:submit", args=[row.pk])
    client = signed_in(place.someone(Role.EDITOR))
    assert client.get(address).status_code == 405
    client.post(address)
    page = fresh(lesson)
    assert page.current_workflow_task_state is not None
    assert page.live
    assert "In review" in client.get(reverse(INDEX)).content.decode()
    approve(page, place.someone(Role.APPROVER))
    assert fresh(lesson).live
    assert row_of(lesson) is None
    assert events_of(lesson, "published").get().data["road"] == Road.APPROVAL


def test_who_may_not_change_it_hands_nothing_in(lesson, place):
    record_legacy()
    client = signed_in(place.someone(Role.APPROVER))
    client.post(reverse("unapproved:submit", args=[row_of(lesson).pk]))
    assert fresh(lesson).current_workflow_task_state is None
    client = signed_in(place.someone(Role.EDITOR, place.association))
    answer = client.post(reverse("unapproved:submit", args=[row_of(lesson).pk]))
    assert answer.status_code == 404


def test_an_approved_text_is_not_handed_in_again(lesson, place):
    editor = place.someone(Role.EDITOR)
    with pytest.raises(ReviewRefused, match="Nothing has changed"):
        submit(lesson, editor)


def test_what_an_import_publishes_waits_in_the_list(place):
    admin = person(Role.HUB_ADMIN)
    with release(Road.IMPORT, actor=admin, reason="agreed", source="https://example.org/x"):
        page = GuidePageFactory(parent=section(place.city, GuideIndexPage), published=False)
        page.save_revision(user=admin).publish()
        service = Service(slug="taken-over", organization=place.city)
        service.save()
    assert (row_of(page).origin, row_of(page).source) == ("import", "https://example.org/x")
    assert row_of(service).partner_id == place.city.pk


def test_what_is_taken_down_leaves_the_list(lesson):
    record_legacy()
    with release(Road.TAKE_DOWN, reason="outdated"):
        fresh(lesson).unpublish()
    assert row_of(lesson) is None


@pytest.mark.parametrize("role", [Role.EDITOR, Role.HUB_ADMIN])
def test_the_list_costs_the_same_for_one_row_and_many(place, lesson, role):
    parent = section(place.city, CaseStudyIndexPage)
    client = signed_in(person(role, None if role == Role.HUB_ADMIN else place.city))
    record_legacy()
    client.get(reverse(INDEX))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse(INDEX))
    for number in range(15):
        CaseStudyPageFactory(parent=parent, owner_partner=place.city, title=f"Older {number}")
    forget_evidence()
    record_legacy()
    with CaptureQueriesContext(connection) as many:
        client.get(reverse(INDEX))
    assert len(many) <= len(few)
