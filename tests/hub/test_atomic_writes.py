"""What a POST of the admin changes goes in as one, jobs and facts included, or not at all."""

import pytest
from django.urls import reverse
from wagtail.models import Page, PageLogEntry
from wagtail.test.utils.form_data import streamfield

from content import services
from content.models import Job, PageFacts
from guides.models import GuidePage
from tests import actors, forms
from tests.factories import tree
from tests.factories.guides import GuidePageFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin():
    return actors.hub_admin(raise_request_exception=False)


@pytest.fixture
def parent():
    return tree.section()


@pytest.fixture
def broken_facts(monkeypatch, parent):
    """The process fails where a killed one would have been: after Wagtail's own transaction."""

    def fail(*args, **kwargs):
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr(services, "write_facts", fail)
    monkeypatch.setattr(services, "write_facts_below", fail)
    monkeypatch.setattr(services, "forget_facts", fail)


def test_a_page_that_could_not_be_published_whole_is_not_created(admin, parent, broken_facts):
    before = Page.objects.count()
    url = reverse("wagtailadmin_pages:add", args=["guides", "guidepage", parent.pk])
    answer = admin.post(url, forms.guide_form(body=streamfield([]), **{"action-publish": "1"}))
    assert answer.status_code == 500
    assert Page.objects.count() == before
    assert Page.find_problems() == ([], [], [], [], [])
    assert not PageLogEntry.objects.filter(label="By form").exists()


def test_a_page_that_could_not_be_taken_down_whole_stays(admin, monkeypatch):
    page = GuidePageFactory()
    monkeypatch.setattr(
        services, "forget_facts", lambda *_: (_ for _ in ()).throw(RuntimeError("stop"))
    )
    answer = admin.post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]))
    assert answer.status_code == 500
    assert GuidePage.objects.get(pk=page.pk).live
    assert PageFacts.objects.filter(page_id=page.pk).exists()


def test_a_publication_and_its_jobs_arrive_together(admin, parent):
    Job.objects.all().delete()
    url = reverse("wagtailadmin_pages:add", args=["guides", "guidepage", parent.pk])
    answer = admin.post(url, forms.guide_form(body=streamfield([]), **{"action-publish": "1"}))
    assert answer.status_code == 302
    page = GuidePage.objects.get(title="By form")
    assert page.live
    tasks = [
        job.payload["path"].rpartition(".")[2]
        for job in Job.objects.filter(kind="content.task", payload__args__2=str(page.pk))
    ]
    assert sorted(set(tasks)) == sorted(tasks), "each task once, however often the page was saved"
    assert "update_reference_index_task" in tasks
