"""What editors change readers see at once; pages that do not show it stay kept."""

import datetime as dt
import json
import sys

import pytest
import time_machine
from django.core.cache import cache
from wagtail.models import Locale, Page, PageViewRestriction, Site

from content import scheduling
from content.ids import ensure_ids
from content.jobs import timetable
from content.models import HubDocument, Job, PageFacts, SharedText, SharedTextBody, TopicLabel
from content.pagecache import purge, store, tags
from content.services import rebuild_facts
from guides.models import GuideService
from hub import outages
from hub.cachefile import CacheFile
from hub.models import HomeFeature
from partners.blocks import HubStoryBlock
from partners.models import Contact, Location, Partner, Service, ServiceAtLocation
from partners.queries import directory
from tests import actors
from tests.editorial.reviews import through_review
from tests.factories import tree
from tests.factories.content import ImageFactory, TopicFactory
from tests.factories.guides import GuidePageFactory
from tests.factories.hub import InfoPageFactory
from tests.factories.partners import (
    ContactFactory,
    LocationFactory,
    NoticePageFactory,
    PartnerFactory,
    ServiceFactory,
)
from tests.factories.toolkits import ToolkitPageFactory, ToolkitPartPageFactory
from tests.factories.training import SessionPageFactory
from tests.jobs import drain, waiting
from tests.kept import is_made, keep, out_of_date, settle, text
from tests.publishing import as_setup, take_down
from tests.publishing import publish as publish_draft
from toolkits.models import ToolkitIndexPage
from training.models import CourseIndexPage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept")]
HOME, BROWSE, TOPICS, PARTNERS, NOTICES = LISTS = [
    "/en/",
    "/en/browse/",
    "/en/topics/",
    "/en/partners/",
    "/en/notices/",
]


def story(*items):
    return json.dumps(
        ensure_ids(HubStoryBlock(), [{"type": type_, "value": value} for type_, value in items])
    )


@pytest.fixture
def partner():
    return PartnerFactory(slug="city")


@pytest.fixture
def index(partner):
    return tree.section(partner)


@pytest.fixture
def guide(index, partner):
    return GuidePageFactory(parent=index, owner_partner=partner, title="Rent")


@pytest.fixture
def other(index, partner):
    return GuidePageFactory(parent=index, owner_partner=partner, title="Other")


@pytest.fixture(params=["at once", "by the job"])
def commit(request, django_capture_on_commit_callbacks):
    """Run a change; then either the hooks of its commit run, or only its jobs do.

    The second is what remains when the process dies right after the commit.
    """

    def run(change):
        settle()
        if request.param == "at once":
            with django_capture_on_commit_callbacks(execute=True), as_setup():
                result = change()
            Job.objects.all().delete()
        else:
            with as_setup():
                result = change()
            settle()
        return result

    return run


def publish(page, **changes):
    for name, value in changes.items():
        setattr(page, name, value)
    publish_draft(page)


def guide_with(index, *items, **more):
    return GuidePageFactory(parent=index, body=story(*items), **more)


class TestPages:
    def test_publishing_renews_the_page_and_its_lists_alone(
        self, client, commit, guide, other, index
    ):
        section = tree.address(index)
        paths = [tree.address(guide), tree.address(other), section, *LISTS, "/es/browse/"]
        tree.home("es")
        keep(client, *paths)
        commit(lambda: publish(guide, title="Rent help"))
        changed = out_of_date(client, paths)
        assert {tree.address(guide), section, HOME, BROWSE} <= changed
        assert not {tree.address(other), PARTNERS, NOTICES} & changed
        for path in (tree.address(guide), section, HOME, BROWSE):
            assert "Rent help" in text(client, path)

    def test_a_new_page_stands_in_its_lists(self, client, commit, guide, index):
        section = tree.address(index)
        keep(client, section, HOME, BROWSE, tree.address(guide))
        commit(lambda: GuidePageFactory(parent=index, title="Newest"))
        for path in (section, HOME, BROWSE):
            assert "Newest" in text(client, path)
        assert not is_made(client, tree.address(guide))

    @pytest.mark.parametrize(
        "go",
        [
            lambda page: take_down(page),
            lambda page: page.delete(),
            lambda page: PageViewRestriction.objects.create(page=page, restriction_type="login"),
        ],
        ids=["unpublish", "delete", "restrict"],
    )
    def test_what_is_taken_away_is_away(self, client, commit, guide, other, index, go):
        address = tree.address(guide)
        lists = [tree.address(index), HOME, BROWSE]
        referring = guide_with(
            index,
            ("page_refs", {"title": "", "pages": [{"page": guide.pk, "label": ""}]}),
            title="Referring",
        )
        lists.append(tree.address(referring))
        keep(client, address, tree.address(other), *lists)
        commit(lambda: go(Page.objects.get(pk=guide.pk).specific))
        assert client.get(address).status_code in (302, 404)
        for path in lists:
            assert "Rent" not in text(client, path)
        assert not is_made(client, tree.address(other))

    def test_a_restriction_that_is_lifted(self, client, commit, guide):
        address = tree.address(guide)
        restriction = PageViewRestriction.objects.create(page=guide, restriction_type="login")
        assert client.get(address).status_code == 302
        commit(restriction.delete)
        assert "Rent" in text(client, address)

    @pytest.mark.parametrize("how", ["move", "slug"])
    def test_everything_below_a_page_that_moves(self, client, commit, partner, how):
        toolkit = ToolkitPageFactory(parent=tree.section(partner, ToolkitIndexPage))
        part = ToolkitPartPageFactory(parent=toolkit, title="Part of it")
        linking = guide_with(
            tree.section(partner),
            ("text", f'<p><a linktype="page" id="{part.pk}">there</a></p>'),
        )
        former = [tree.address(toolkit), tree.address(part)]
        keep(client, *former, tree.address(linking))

        def change():
            page = Page.objects.get(pk=toolkit.pk).specific
            if how == "slug":
                publish(page, slug="elsewhere")
            else:
                page.move(tree.section(PartnerFactory(), ToolkitIndexPage), pos="last-child")

        commit(change)
        now = [tree.address(toolkit), tree.address(part)]
        assert not set(now) & set(former)
        for path in former:
            assert client.get(path).status_code != 200
        for path in now:
            assert text(client, path)
        assert f'href="{now[1]}"' in text(client, tree.address(linking))

    def test_a_translation_appears_on_all_versions(self, client, commit, guide, other, partner):
        address = tree.address(guide)
        offer = f"/es/translations/{guide.translation_key}/"
        spanish = tree.section(partner, code="es")
        linking = guide_with(
            spanish,
            ("text", f'<p><a linktype="page" id="{guide.pk}">allí</a></p>'),
            ("page_refs", {"title": "", "pages": [{"page": guide.pk, "label": ""}]}),
            locale=Locale.objects.get(language_code="es"),
        )
        paths = [address, offer, tree.address(linking)]
        keep(client, *paths, tree.address(other))
        copy = commit(lambda: tree.translated(guide, "es", spanish, title="Alquiler"))
        assert f'href="{tree.address(copy)}"' in text(client, address)
        assert client.get(offer).url == tree.address(copy)
        shown = text(client, tree.address(linking))
        assert "Alquiler" in shown
        assert f'href="{tree.address(copy)}">allí' in shown
        assert not is_made(client, tree.address(other))

    def test_a_page_that_others_waited_for(self, client, commit, guide, index):
        draft = GuidePageFactory(parent=index, title="Awaited", published=False)
        home = tree.home()
        publish(home, featured=[HomeFeature(featured_page=draft)])
        waiting_ = guide_with(
            index, ("page_refs", {"title": "", "pages": [{"page": draft.pk, "label": ""}]})
        )
        path = tree.address(waiting_)
        keep(client, path, HOME, tree.address(guide))
        assert "Awaited" not in text(client, path)
        commit(lambda: publish(draft))
        assert "Awaited" in text(client, path)
        assert "Awaited" in text(client, HOME)
        assert not is_made(client, tree.address(guide))

    def test_a_page_above_that_comes_later(self, client, commit, index, guide):
        section = Page.objects.get(pk=index.pk).specific
        commit(section.unpublish)
        path = tree.address(guide)
        keep(client, path)
        assert f'href="{section.url}"' not in text(client, path)
        commit(lambda: publish(Page.objects.get(pk=index.pk).specific))
        assert f'href="{tree.address(index)}"' in text(client, path)

    def test_parts_of_one_toolkit_know_each_other(self, client, commit, partner, guide):
        toolkit = ToolkitPageFactory(parent=tree.section(partner, ToolkitIndexPage))
        first = ToolkitPartPageFactory(parent=toolkit, title="First")
        paths = [tree.address(first), tree.address(toolkit)]
        keep(client, *paths, tree.address(guide))
        commit(lambda: ToolkitPartPageFactory(parent=toolkit, title="Second"))
        for path in paths:
            assert "Second" in text(client, path)
        assert not is_made(client, tree.address(guide))

    def test_pages_of_the_footer_are_everywhere(self, client, commit, guide):
        paths = [tree.address(guide), *LISTS]
        keep(client, *paths)
        info = commit(
            lambda: InfoPageFactory(parent=tree.home(), title="Who we are", purpose="about")
        )
        for path in paths:
            assert "Who we are" in text(client, path)
        commit(lambda: publish(info, title="About us"))
        for path in paths:
            assert "About us" in text(client, path)

    def test_a_scheduled_page_appears(self, client, index):
        with time_machine.travel("2026-05-04T08:00:00Z", tick=False) as clock:
            author = actors.person("author", index.get_parent().specific.partner)
            page = GuidePageFactory(
                parent=index,
                title="Later",
                summary="Later.",
                published=False,
                owner=author,
                owner_partner=index.get_parent().specific.partner,
            )
            page.go_live_at = dt.datetime(2026, 5, 4, 8, 10, tzinfo=dt.UTC)
            page.save_revision(user=author)
            through_review(page, author)
            drain()
            keep(client, BROWSE)
            clock.move_to("2026-05-04T08:11:00Z")
            assert "Later" not in text(client, BROWSE)
            timetable.write_due()
            scheduling.enqueue_due()
            drain()
            assert "Later" in text(client, BROWSE)

    @pytest.mark.parametrize("model", [Site, Locale])
    def test_the_site_itself(self, client, commit, guide, model):
        paths = [tree.address(guide), *LISTS, "/robots.txt"]
        for path in paths:
            client.get(path)
        keep(client, *paths[:-1])
        commit(lambda: model.objects.first().save())
        assert out_of_date(client, paths[:-1]) == set(paths[:-1])


class TestRecords:
    @pytest.fixture
    def service(self, partner):
        return ServiceFactory(organization=partner, english__name="Aid")

    @pytest.fixture
    def showing(self, index, service):
        page = guide_with(index, ("fees", {"service": service.pk, "note": "Canary"}), title="Fees")
        publish(page, guide_services=[GuideService(service=service)])
        return tree.address(page)

    def change_text(self, record, **changes):
        words = record.texts.get()
        for name, value in changes.items():
            setattr(words, name, value)
        words.save()

    def test_a_changed_service_renews_the_pages_that_show_it(
        self, client, commit, showing, service, other
    ):
        keep(client, showing, tree.address(other), *LISTS)
        commit(lambda: self.change_text(service, alert="Closed for now"))
        assert out_of_date(client, [showing, tree.address(other), *LISTS]) == {showing}
        assert "Closed for now" in text(client, showing)

    def test_a_fee(self, client, commit, showing, service, other):
        keep(client, showing, tree.address(other))

        def change():
            record = Service.objects.get(pk=service.pk)
            record.cost_options.create(key="main", amount="12.50", currency="USD")
            record.save()

        commit(change)
        assert "12.50" in text(client, showing)
        assert not is_made(client, tree.address(other))

    def test_a_place_of_a_service(self, client, commit, service, index, other):
        place = LocationFactory(address_1="Old street 1")
        ServiceAtLocation.objects.create(service=service, location=place)
        Service.objects.get(pk=service.pk).save()
        page = guide_with(index, ("locations", {"service": service.pk}))
        path = tree.address(page)
        keep(client, path, tree.address(other))
        assert "Old street" in text(client, path)

        def change():
            record = Location.objects.get(pk=place.pk)
            record.address_1 = "New street 2"
            record.save()

        commit(change)
        assert "New street 2" in text(client, path)
        assert not is_made(client, tree.address(other))
        commit(lambda: ServiceAtLocation.objects.get().delete())
        assert "New street 2" not in text(client, path)

    def test_a_contact_and_a_new_one(self, client, commit, index, partner, other):
        contact = ContactFactory(partner=partner, email="old@example.org")
        page = guide_with(index, ("contact", {"contact": contact.pk, "note": ""}))
        paths = [tree.address(page), tree.address(index.get_parent())]
        keep(client, *paths, tree.address(other))

        def change():
            record = Contact.objects.get(pk=contact.pk)
            record.email = "new@example.org"
            record.save()

        commit(change)
        for path in paths:
            assert "new@example.org" in text(client, path)
        commit(lambda: ContactFactory(partner=partner, email="second@example.org"))
        assert "second@example.org" in text(client, paths[1])
        commit(lambda: Contact.objects.get(pk=contact.pk).delete())
        for path in paths:
            assert "new@example.org" not in text(client, path)
        assert not is_made(client, tree.address(other))

    def test_a_shared_text(self, client, commit, index, other):
        shared = SharedText.objects.create(slug="hours")
        with as_setup():
            body = SharedTextBody.objects.create(
                record=shared, locale=Locale.get_default(), title="T", body="<p>Old words</p>"
            )
        path = tree.address(guide_with(index, ("shared_text", {"text": shared.pk})))
        keep(client, path, tree.address(other), *LISTS)
        assert "Old words" in text(client, path)
        body.body = "<p>New words</p>"
        commit(body.save)
        assert out_of_date(client, [path, tree.address(other), *LISTS]) == {path}
        assert "New words" in text(client, path)
        commit(body.delete)
        assert "New words" not in text(client, path)

    def test_a_label_of_a_topic(self, client, commit, guide):
        topic = TopicFactory()
        publish(guide, topics=[topic])
        paths = [tree.address(guide), TOPICS, BROWSE]
        keep(client, *paths)
        label = TopicLabel.objects.get(topic=topic)
        label.label = "Living"
        commit(label.save)
        for path in paths:
            assert "Living" in text(client, path)

    def test_the_name_of_a_partner(self, client, commit, guide, partner):
        paths = [tree.address(guide), PARTNERS, BROWSE]
        keep(client, *paths)
        commit(lambda: self.change_text(partner, name="New office"))
        for path in paths:
            assert "New office" in text(client, path)

        def hide():
            record = Partner.objects.get(pk=partner.pk)
            record.live = False
            record.save()

        commit(hide)
        for path in paths:
            assert "New office" not in text(client, path)

    def test_an_image_and_a_document(self, client, commit, index, other):
        from django.core.files.base import ContentFile

        image = ImageFactory(credit="Old credit")
        file = HubDocument.objects.create(
            title="Old form", file=ContentFile(b"%PDF-1.4 x", name="form.pdf")
        )
        shown = {
            image: guide_with(
                index,
                ("image", {"image": image.pk, "alt": "A", "decorative": False, "caption": ""}),
            ),
            file: guide_with(
                index,
                ("download", {"document": file.pk, "title": "", "language": "", "is_template": 0}),
            ),
        }
        paths = {item: tree.address(page) for item, page in shown.items()}
        for item in shown:
            keep(client, *paths.values(), tree.address(other))
            item.title = "New title"
            commit(item.save)
            assert out_of_date(client, [*paths.values(), tree.address(other)]) == {paths[item]}
        assert "New title" in text(client, paths[file])


class TestTables:
    def test_a_table_that_was_read_before_a_change_is_not_kept_after_it(self, partner, monkeypatch):
        """It was on its way into the cache while the change was made."""
        module = sys.modules["partners.queries.directory"]
        build = module._directory
        cache.clear()

        def slow():
            found = build()
            store.forget([tags.table(module.DIRECTORY_KEY)])
            return found

        monkeypatch.setattr(module, "_directory", slow)
        directory()
        monkeypatch.setattr(module, "_directory", lambda: {"partners": "new"})
        assert directory() == {"partners": "new"}


class TestClock:
    START, END = "2026-05-04T09:00:00Z", "2026-05-04T09:20:00Z"

    def notice(self, **more):
        return NoticePageFactory(
            parent=tree.home(),
            title="Office closed",
            starts=dt.datetime(2026, 5, 4, 9, tzinfo=dt.UTC),
            ends=dt.datetime(2026, 5, 4, 9, 20, tzinfo=dt.UTC),
            **more,
        )

    def test_a_notice_begins_and_ends_by_itself_without_any_job(self, client, guide):
        paths = [tree.address(guide), *LISTS]
        with time_machine.travel("2026-05-04T08:59:00Z", tick=False) as clock:
            self.notice()
            for moment, shown in [
                ("2026-05-04T08:59:59Z", False),
                (self.START, True),
                ("2026-05-04T09:19:59Z", True),
                (self.END, False),
            ]:
                clock.move_to(moment)
                for path in paths:
                    assert ("Office closed" in text(client, path)) == shown, (path, moment)
                    assert not is_made(client, path)

    def test_jobs_wait_for_its_beginning_and_its_end(self, commit):
        with time_machine.travel("2026-05-04T08:00:00Z", tick=False) as clock:
            notice = self.notice()
            publish(notice, title="Still closed")
            drain()
            assert sorted(job.run_after for job in waiting(purge.KIND)) == [
                notice.starts,
                notice.ends,
            ]
            clock.move_to(self.END)
            epoch = cache.get(store.EPOCH)
            assert drain() >= 2
            assert cache.get(store.EPOCH) != epoch

    def test_a_notice_that_is_published_while_it_is_in_force(self, client, commit, guide):
        paths = [tree.address(guide), *LISTS]
        with time_machine.travel("2026-05-04T09:05:00Z", tick=False):
            keep(client, *paths)
            notice = commit(self.notice)
            for path in paths:
                assert "Office closed" in text(client, path)
            commit(notice.unpublish)
            for path in paths:
                assert "Office closed" not in text(client, path)

    def test_a_session_is_over(self, client, partner):
        with time_machine.travel("2026-05-04T08:00:00Z", tick=False) as clock:
            session = SessionPageFactory(
                parent=tree.section(partner, CourseIndexPage),
                registration_url="https://example.org/register",
                starts=dt.datetime(2026, 5, 4, 8, 10, tzinfo=dt.UTC),
                ends=dt.datetime(2026, 5, 4, 8, 30, tzinfo=dt.UTC),
            )
            path = tree.address(session)
            keep(client, path)
            clock.move_to("2026-05-04T08:29:59Z")
            assert not is_made(client, path)
            assert "https://example.org/register" in text(client, path)
            clock.move_to("2026-05-04T08:30:01Z")
            assert "https://example.org/register" not in text(client, path)


class TestJobs:
    def test_a_publication_writes_one(self, guide):
        settle()
        publish(guide, title="Again")
        assert len(waiting(purge.KIND)) == 1

    def test_a_section_that_moves_writes_few(self, index, guide, other):
        target = tree.section(PartnerFactory(), ToolkitIndexPage).get_parent()
        settle()
        index.move(target, pos="last-child")
        moved = Page.objects.descendant_of(Page.objects.get(pk=index.pk), inclusive=True)
        for page in moved:
            key = tags.page(page.translation_key)
            assert sum(key in job.payload["changed"] for job in waiting(purge.KIND)) == 1
        assert len(waiting(purge.KIND)) <= 3

    def test_a_whole_hub_is_purged_as_one(self, client, index, guide, monkeypatch):
        keep(client, tree.address(guide))
        monkeypatch.setattr(purge, "MOST_TAGS", 5)
        settle()
        rebuild_facts()
        assert {"frame"} == {tag for job in waiting(purge.KIND) for tag in job.payload["changed"]}
        drain()
        assert is_made(client, tree.address(guide))

    def test_what_is_rolled_back_purges_nothing(self, client, guide):
        from django.db import transaction

        path = tree.address(guide)
        settle()
        keep(client, path)
        with transaction.atomic():
            publish(guide, title="Never")
            transaction.set_rollback(True)
        assert not waiting(purge.KIND)
        drain()
        assert not is_made(client, path)

    def test_a_cache_that_does_not_answer_is_waited_for(self, client, guide, monkeypatch):
        monkeypatch.setattr(outages, "PAUSE_SECONDS", 0)
        path = tree.address(guide)
        settle()
        keep(client, path)
        publish(guide, title="After the outage")
        Job.objects.exclude(kind=purge.KIND).delete()
        with monkeypatch.context() as broken:

            def fail(*args):
                raise OSError("no space left on device")

            broken.setattr(CacheFile, "run", fail)
            drain()
            (job,) = waiting(purge.KIND)
            assert (job.attempts, job.needs) == (0, "cache")
        assert not is_made(client, path), "its change has not arrived"
        Job.objects.update(run_after=job.created)
        from content.models import Dependency

        Dependency.objects.update(probe_at=job.created)
        drain()
        assert "After the outage" in text(client, path)

    def test_facts_that_come_back_by_command_are_shown(self, client, guide):
        path = tree.address(guide)
        PageFacts.objects.filter(page_id=guide.pk).update(title="Wrong")
        keep(client, BROWSE)
        settle()
        rebuild_facts()
        drain()
        assert "Wrong" not in text(client, BROWSE)
        assert text(client, path)
