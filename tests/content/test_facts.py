"""PageFacts say what is published, where it stands and who may read it."""

import pytest
from django.core.management import call_command
from django.urls import reverse
from wagtail.models import PageViewRestriction

from content.models import PageAudience, PageFacts, PageTopic
from guides.models import GuideIndexPage, GuidePage
from partners.models import PartnerPage
from tests import actors
from tests.factories import tree
from tests.factories.content import AudienceFactory, TopicFactory
from tests.factories.guides import GuidePageFactory
from tests.factories.toolkits import ToolkitPageFactory, ToolkitPartPageFactory
from tests.publishing import as_setup, publish, take_down
from toolkits.models import ToolkitIndexPage

pytestmark = pytest.mark.django_db


def row(page):
    return PageFacts.objects.filter(page_id=page.pk).first()


class TestWhenTheyAreThere:
    def test_publishing_writes_them(self):
        page = GuidePageFactory(parent=tree.section(), title="Rent help", summary="Short.")
        facts = row(page)
        assert (facts.title, facts.summary, facts.kind) == ("Rent help", "Short.", "guide")
        assert facts.locale_code == "en"
        assert facts.page_key == page.translation_key
        assert facts.parent_id == page.get_parent().pk
        assert facts.public
        assert facts.published_at == page.first_published_at
        assert facts.updated_at == page.last_published_at

    def test_a_draft_has_none(self):
        assert row(GuidePageFactory(parent=tree.section(), published=False)) is None

    def test_a_draft_of_a_published_page_changes_nothing(self):
        page = GuidePageFactory(parent=tree.section(), title="Old")
        page.title = "New"
        page.save_revision()
        assert row(page).title == "Old"

    def test_publishing_again_follows_the_page(self):
        page = GuidePageFactory(parent=tree.section(), title="Old")
        page.title = "New"
        publish(page)
        assert row(page).title == "New"
        assert PageFacts.objects.filter(page_id=page.pk).count() == 1

    def test_unpublishing_removes_them(self):
        page = GuidePageFactory(parent=tree.section())
        take_down(page)
        assert row(page) is None

    def test_deleting_removes_them_with_all_below(self):
        toolkit = ToolkitPageFactory(parent=tree.section(model=ToolkitIndexPage))
        part = ToolkitPartPageFactory(parent=toolkit)
        pages = [toolkit.pk, part.pk]
        toolkit.delete()
        assert not PageFacts.objects.filter(page_id__in=pages).exists()

    def test_deleting_a_restricted_section_leaves_nothing(self):
        toolkit = ToolkitPageFactory(parent=tree.section(model=ToolkitIndexPage))
        part = ToolkitPartPageFactory(parent=toolkit)
        PageViewRestriction.objects.create(page=toolkit, restriction_type="login")
        toolkit.get_parent().specific.delete()
        assert not PageFacts.objects.filter(page_id__in=[toolkit.pk, part.pk]).exists()

    def test_a_copy_of_a_published_page_gets_its_own(self):
        page = GuidePageFactory(parent=tree.section(), slug="one")
        with as_setup():
            copy = page.copy(update_attrs={"slug": "two"})
        assert row(copy).url.endswith("/two/")
        assert row(page).url.endswith("/one/")


class TestAddress:
    @pytest.fixture
    def toolkit(self):
        parent = tree.section(model=ToolkitIndexPage)
        return ToolkitPageFactory(parent=parent, slug="kit")

    @pytest.fixture
    def part(self, toolkit):
        return ToolkitPartPageFactory(parent=toolkit, slug="part")

    def test_it_is_the_language_and_the_slugs(self, toolkit, part):
        partner = PartnerPage.objects.get()
        assert row(part).url == f"/en/{partner.slug}/toolkits/kit/part/"

    def test_it_follows_a_move(self, toolkit, part):
        other = tree.section(model=ToolkitIndexPage)
        toolkit.move(other, pos="last-child")
        prefix = row(other).url
        assert row(toolkit).url == f"{prefix}kit/"
        assert row(part).url == f"{prefix}kit/part/"
        assert row(toolkit).parent_id == other.pk
        assert row(part).position.startswith(row(toolkit).position)

    def test_it_follows_the_new_slug_of_an_ancestor(
        self, client, toolkit, part, django_capture_on_commit_callbacks
    ):
        partner = PartnerPage.objects.get()
        partner.slug = "renamed"
        with django_capture_on_commit_callbacks(execute=True):
            publish(partner)
        assert row(partner).url == "/en/renamed/"
        assert row(toolkit).url == "/en/renamed/toolkits/kit/"
        assert row(part).url == "/en/renamed/toolkits/kit/part/"
        assert client.get("/en/renamed/toolkits/kit/part/").status_code == 200

    def test_a_draft_slug_moves_nothing(self, toolkit, part, django_capture_on_commit_callbacks):
        toolkit.slug = "draft"
        with django_capture_on_commit_callbacks(execute=True):
            toolkit.save_revision()
        assert row(part).url.endswith("/kit/part/")

    def test_letters_of_any_script_work(self, client):
        page = GuidePageFactory(parent=tree.section(), slug="مساعدة")
        assert client.get(row(page).url).status_code == 200

    def test_it_follows_a_move_in_the_admin(self, toolkit, part):
        other = tree.section(model=ToolkitIndexPage)
        client = actors.hub_admin()
        url = reverse("wagtailadmin_pages:move_confirm", args=[toolkit.pk, other.pk])
        assert client.post(url).status_code == 302
        assert row(part).url.startswith(row(other).url)


class TestPrivatePages:
    @pytest.fixture
    def toolkit(self):
        return ToolkitPageFactory(parent=tree.section(model=ToolkitIndexPage))

    @pytest.fixture
    def part(self, toolkit):
        return ToolkitPartPageFactory(parent=toolkit)

    @pytest.mark.parametrize("kind", ["login", "password"])
    def test_a_restriction_closes_everything_below_and_its_end_opens_it(
        self, client, toolkit, part, kind
    ):
        assert client.get(row(part).url).status_code == 200
        restriction = PageViewRestriction.objects.create(
            page=toolkit, restriction_type=kind, password="open sesame"
        )
        assert not row(toolkit).public
        assert not row(part).public
        assert row(toolkit.get_parent()).public
        response = client.get(row(part).url)
        assert part.title not in response.content.decode()
        assert "no-store" in response.headers["Cache-Control"]
        restriction.delete()
        assert row(toolkit).public
        assert row(part).public
        assert client.get(row(part).url).status_code == 200

    def test_the_form_of_the_admin_closes_it_too(self, toolkit, part):
        client = actors.hub_admin()
        url = reverse("wagtailadmin_pages:set_privacy", args=[toolkit.pk])
        client.post(url, {"restriction_type": "login", "password": "", "groups": []})
        assert not row(part).public
        client.post(url, {"restriction_type": "none", "password": "", "groups": []})
        assert row(part).public

    def test_a_page_published_below_is_private_from_its_start(self, toolkit):
        PageViewRestriction.objects.create(page=toolkit, restriction_type="login")
        assert not row(ToolkitPartPageFactory(parent=toolkit)).public

    def test_a_page_moved_out_becomes_public(self, toolkit, part):
        PageViewRestriction.objects.create(page=toolkit, restriction_type="login")
        part.move(toolkit.get_parent(), pos="last-child")
        assert row(part).public

    def test_a_page_moved_in_becomes_private(self, toolkit, part):
        other = ToolkitPageFactory(parent=toolkit.get_parent())
        PageViewRestriction.objects.create(page=other, restriction_type="login")
        part.move(other, pos="last-child")
        assert not row(part).public

    def test_a_signed_in_reader_gets_a_private_page_that_nobody_keeps(self, toolkit, part):
        PageViewRestriction.objects.create(page=toolkit, restriction_type="login")
        response = actors.signed_in(actors.person()).get(row(part).url)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "private, no-store"


class TestSubjects:
    def test_topics_and_audiences_have_a_row_each(self):
        page = GuidePageFactory(parent=tree.section(), published=False)
        topics, audiences = [TopicFactory(), TopicFactory()], [AudienceFactory()]
        page.topics, page.audiences = topics, audiences
        publish(page)
        assert rows_of(PageTopic, page) == {topic.pk for topic in topics}
        assert rows_of(PageAudience, page) == {audiences[0].pk}

        page.topics = topics[1:]
        page.audiences = []
        publish(page)
        assert rows_of(PageTopic, page) == {topics[1].pk}
        assert rows_of(PageAudience, page) == set()

    def test_they_go_with_the_page(self):
        page = GuidePageFactory(parent=tree.section(), published=False)
        page.topics = [TopicFactory()]
        publish(page)
        assert PageTopic.objects.exists()
        take_down(GuidePage.objects.get(pk=page.pk))
        assert not PageTopic.objects.exists()

    def test_a_draft_moves_no_topic(self):
        page = GuidePageFactory(parent=tree.section())
        page.topics = [TopicFactory()]
        page.save_revision()
        assert rows_of(PageTopic, page) == set()


def rows_of(model, page):
    column = "topic_id" if model is PageTopic else "audience_id"
    return set(model.objects.filter(facts__page_id=page.pk).values_list(column, flat=True))


def test_a_section_is_made_once_for_each_language():
    index = tree.section()
    again = tree.section(PartnerPage.objects.get().partner)
    assert index == again
    spanish = tree.section(PartnerPage.objects.get().partner, code="es")
    assert isinstance(spanish, GuideIndexPage)
    assert spanish.translation_key == index.translation_key
    assert row(spanish).url.startswith("/es/")
    assert GuidePage.objects.count() == 0


def test_they_can_be_made_anew_from_the_pages():
    page = GuidePageFactory(parent=tree.section(), title="Rent help")
    gone = GuidePageFactory(parent=tree.section(PartnerPage.objects.get().partner))
    before = set(PageFacts.objects.exclude(page_id=gone.pk).values_list("page_id", "url", "title"))
    PageFacts.objects.filter(page_id=page.pk).delete()
    # As if the process had died after the page went offline.
    GuidePage.objects.filter(pk=gone.pk).update(live=False)
    call_command("rebuild_facts")
    assert set(PageFacts.objects.values_list("page_id", "url", "title")) == before
