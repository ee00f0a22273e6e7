"""Pages that appear and go by the clock, through the worker's own road."""

import datetime as dt
import os

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageLogEntry
from wagtail.test.utils.form_data import streamfield

from content import housekeeping, scheduling
from content.jobs import timetable
from content.models import HubDocument, Job, Milestone, OutgoingMail, PageFacts, Runner
from guides.models import GuidePage
from tests import actors, forms
from tests.editorial.reviews import through_review
from tests.factories import tree
from tests.factories.guides import GuidePageFactory
from tests.jobs import drain

pytestmark = pytest.mark.django_db(transaction=True)
NOON = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)


def at(moment):
    return time_machine.travel(moment, tick=False)


def tick():
    timetable.write_due()
    return drain()


def scheduled(**times):
    """A guide with times that an editor wrote in the editor's form, and that was approved."""
    parent = tree.section()
    partner = parent.get_parent().specific.partner
    author = actors.person("editor", partner)
    editor = actors.signed_in(author)
    url = reverse("wagtailadmin_pages:add", args=["guides", "guidepage", parent.pk])
    texts = {name: f"{moment:%Y-%m-%d %H:%M}" for name, moment in times.items()}
    form = forms.guide_form(
        body=streamfield([]), owner_partner=partner.pk, change_note="New.", summary="New.", **texts
    )
    assert editor.post(url, form).status_code == 302
    page = through_review(GuidePage.objects.get(title="By form"), author)
    drain()
    return page


def test_a_page_appears_at_its_time(client):
    with at(NOON):
        page = scheduled(go_live_at=NOON + dt.timedelta(hours=2))
        tick()
    assert not GuidePage.objects.get(pk=page.pk).live
    with at(NOON + dt.timedelta(hours=2, minutes=1)):
        tick()
        row = PageFacts.objects.get(page_id=page.pk)
        assert client.get(row.url).status_code == 200
    assert PageLogEntry.objects.filter(page=page, action="wagtail.publish.scheduled").count() == 1


def test_a_page_goes_at_its_time(client):
    with at(NOON):
        page = scheduled(expire_at=NOON + dt.timedelta(hours=2))
        url = PageFacts.objects.get(page_id=page.pk).url
    with at(NOON + dt.timedelta(hours=2, minutes=1)):
        tick()
        assert client.get(url).status_code == 404
        assert not PageFacts.objects.filter(page_id=page.pk).exists()
        assert GuidePage.objects.get(pk=page.pk).expired


def test_what_fell_into_a_pause_is_made_up_for_once():
    with at(NOON):
        page = scheduled(go_live_at=NOON + dt.timedelta(hours=1))
    for minutes in (0, 1, 2):
        with at(NOON + dt.timedelta(days=3, minutes=minutes)):
            tick()
    assert PageLogEntry.objects.filter(page=page, action="wagtail.publish.scheduled").count() == 1


def test_two_runners_publish_once():
    with at(NOON):
        page = scheduled(go_live_at=NOON + dt.timedelta(hours=1))
    with at(NOON + dt.timedelta(hours=2)):
        assert scheduling.enqueue_due() == 1
        assert scheduling.enqueue_due() == 1, "a second runner's look at the same moment"
        drain()
    assert PageLogEntry.objects.filter(page=page, action="wagtail.publish.scheduled").count() == 1
    assert not Job.objects.exclude(state="done").exists()


def test_one_page_that_cannot_be_published_keeps_no_other_waiting(monkeypatch):
    with at(NOON):
        broken = scheduled(go_live_at=NOON + dt.timedelta(hours=1))
        GuidePage.objects.filter(pk=broken.pk).update(title="Broken", slug="broken")
        whole = scheduled(go_live_at=NOON + dt.timedelta(hours=1))
    real = GuidePage.facts_data

    def facts_data(self):
        if self.pk == broken.pk:
            raise RuntimeError("broken")
        return real(self)

    monkeypatch.setattr(GuidePage, "facts_data", facts_data)
    with at(NOON + dt.timedelta(hours=2)):
        tick()
    assert GuidePage.objects.get(pk=whole.pk).live
    job = Job.objects.get(kind="content.go_live", state="waiting")
    assert "broken" in job.error


def test_a_schedule_that_was_taken_back_is_not_kept():
    with at(NOON):
        page = scheduled(go_live_at=NOON + dt.timedelta(hours=1))
        page.revisions.update(approved_go_live_at=None)
    with at(NOON + dt.timedelta(hours=2)):
        tick()
    assert not GuidePage.objects.get(pk=page.pk).live


class TestHousekeeping:
    def test_old_rows_go_and_promises_stay(self):
        old = timezone.now() - dt.timedelta(days=20)
        keep = Job.objects.create(kind="a", key="a", queue="bulk", created=old, state="dead")
        Job.objects.create(kind="b", key="b", queue="bulk", state="done", finished=old)
        tick_row = Job.objects.create(
            kind="content.publish_scheduled",
            key="c",
            queue="bulk",
            state="done",
            finished=timezone.now() - dt.timedelta(days=2),
        )
        OutgoingMail.objects.create(message=b"", sent=old)
        unsent = OutgoingMail.objects.create(message=b"x")
        Runner.objects.create(name="gone", kind="worker", seen=old)
        housekeeping.clean_up()
        assert set(Job.objects.values_list("pk", flat=True)) == {keep.pk}
        assert tick_row.pk not in Job.objects.values_list("pk", flat=True)
        assert list(OutgoingMail.objects.all()) == [unsent]
        assert not Runner.objects.exists()
        assert Milestone.objects.get(name="clean_up").data == {"rows": 4}

    def test_damage_in_the_tree_is_found_and_kept_for_the_report(self):
        page = GuidePageFactory()
        housekeeping.check_tree()
        assert Milestone.objects.get(name="tree").data == {"problems": {}}
        GuidePage.objects.filter(pk=page.pk).update(numchild=3)
        housekeeping.check_tree()
        assert Milestone.objects.get(name="tree").data == {"problems": {"children": [page.pk]}}

    def test_a_replaced_file_goes_after_the_commit_and_only_if_nothing_names_it(
        self, tmp_path, settings
    ):
        settings.MEDIA_ROOT = tmp_path
        settings.STORAGES = {
            **settings.STORAGES,
            "default": {"BACKEND": "content.storage.MediaStorage"},
        }
        document = HubDocument.objects.create(title="A", file=ContentFile(b"%PDF-1", "a.pdf"))
        old, path = document.file.name, tmp_path / document.file.name
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            document.file.storage.delete(old)
            raise ZeroDivisionError
        drain()
        assert path.exists(), "a rolled-back change deletes nothing"
        document.file.storage.delete(old)
        drain()
        assert path.exists(), "a row still names it"
        document.delete()
        drain()
        assert not path.exists()

    def test_files_without_a_row_go_after_a_day(self, tmp_path, settings):
        settings.MEDIA_ROOT = tmp_path
        folder = tmp_path / "documents"
        folder.mkdir()
        names = ("kept.pdf", "orphan.pdf", "being-uploaded.pdf")
        for name in names:
            (folder / name).write_bytes(b"%PDF")
        HubDocument.objects.create(title="Kept", file="documents/kept.pdf")
        old = (timezone.now() - dt.timedelta(days=2)).timestamp()
        for name in names[:2]:
            os.utime(folder / name, (old, old))
        housekeeping.sweep_orphan_files()
        assert {path.name for path in folder.iterdir()} == {"kept.pdf", "being-uploaded.pdf"}
        assert Milestone.objects.get(name="orphan_files").data == {"removed": 1}
