"""What a POST of the admin changes goes in as one, jobs and facts included, or not at all."""

import pytest
from django.urls import reverse
from wagtail.models import Page, PageLogEntry
from wagtail.test.utils.form_data import streamfield

from content import services
from content.models import AuditEvent, Job, PageFacts
from editorial.models import ApprovalVote
from editorial.services import steps
from editorial.services.submission import submit
from guides.models import GuidePage
from tests import actors, forms
from tests.editorial.reviews import Role, fresh, open_step, town
from tests.factories import tree
from tests.factories.guides import GuidePageFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin():
    return actors.hub_admin(raise_request_exception=False)


@pytest.fixture
def parent():
    return tree.section()


def broken(*args, **kwargs):
    raise RuntimeError("the machine stops here")


def stop(monkeypatch):
    """The process fails where a killed one would have been: after Wagtail's own transaction."""
    for name in ("write_facts", "write_facts_below", "forget_facts"):
        monkeypatch.setattr(services, name, broken)


def last_vote(place):
    """A lesson that one vote is missing for, and the post of that vote."""
    author = place.someone(Role.AUTHOR)
    page = place.lesson(author)
    submit(page, author)
    step = open_step(page)
    client = actors.signed_in(place.someone(Role.APPROVER), raise_request_exception=False)
    data = {"act": "approve", "seen_hash": step.content_hash, "comment": ""}
    return page, lambda: client.post(reverse("desk:review", args=[step.pk]), data)


def test_a_vote_that_could_not_publish_whole_is_no_vote(monkeypatch):
    page, post = last_vote(town())
    events = AuditEvent.objects.count()
    stop(monkeypatch)
    assert post().status_code == 500
    assert not fresh(page).live
    assert fresh(page).workflow_in_progress
    assert not ApprovalVote.objects.exists()
    assert AuditEvent.objects.count() == events


def test_a_page_that_could_not_be_created_whole_is_not_there(admin, parent, monkeypatch):
    before = Page.objects.count()
    url = reverse("wagtailadmin_pages:add", args=["guides", "guidepage", parent.pk])
    monkeypatch.setattr(steps, "open_step", broken)
    monkeypatch.setattr(steps, "run_checks", broken)
    answer = admin.post(url, forms.guide_form(body=streamfield([]), **{"action-submit": "1"}))
    assert answer.status_code == 500
    assert Page.objects.count() == before
    assert Page.find_problems() == ([], [], [], [], [])
    assert not PageLogEntry.objects.filter(label="By form").exists()


def test_a_page_that_could_not_be_taken_down_whole_stays(admin, monkeypatch):
    page = GuidePageFactory()
    stop(monkeypatch)
    url = reverse("desk:take_down", args=["guides", "guidepage", page.pk])
    answer = admin.post(url, {"reason": "The programme has ended."})
    assert answer.status_code == 500
    assert GuidePage.objects.get(pk=page.pk).live
    assert PageFacts.objects.filter(page_id=page.pk).exists()


def test_a_publication_and_its_jobs_arrive_together():
    page, post = last_vote(town())
    Job.objects.all().delete()
    assert post().status_code == 302
    assert fresh(page).live
    tasks = [
        job.payload["path"].rpartition(".")[2]
        for job in Job.objects.filter(kind="content.task", payload__args__2=str(page.pk))
    ]
    assert sorted(set(tasks)) == sorted(tasks), "each task once, however often the page was saved"
    assert "update_reference_index_task" in tasks
