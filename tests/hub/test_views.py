"""Home, topics and partners: what there is to find in the reader's language, and nothing else."""

import pytest
from lxml.html import fromstring
from wagtail.models import Locale, PageViewRestriction

from content.models import TopicLabel
from hub.models import HomeFeature, HomePage
from lessons.models import CaseStudyIndexPage
from tests.factories import tree
from tests.factories.content import TopicFactory
from tests.factories.guides import GuidePageFactory
from tests.factories.hub import InfoPageFactory, TopicPageFactory
from tests.factories.lessons import CaseStudyPageFactory
from tests.factories.partners import PartnerFactory, PartnerTextFactory
from tests.publishing import as_setup, publish

pytestmark = pytest.mark.django_db


def links(client, path):
    """Address -> text of the links of the main part."""
    html = fromstring(client.get(path).content)
    return {
        link.get("href"): " ".join(link.text_content().split())
        for link in html.get_element_by_id("main").iter("a")
    }


def about(topic, **more):
    page = GuidePageFactory(parent=tree.section(), published=False, **more)
    page.topics = [topic]
    publish(page)
    return page


class TestHome:
    def test_chosen_guides_stand_there_in_their_order(self, client):
        index = tree.section()
        guides = [GuidePageFactory(parent=index, title=f"Guide {n}") for n in range(3)]
        home = HomePage.objects.get()
        home.featured = [HomeFeature(featured_page=guides[n]) for n in (2, 0)]
        publish(home)
        found = [href for href in links(client, "/en/") if href in map(tree.address, guides)]
        assert found[:2] == [tree.address(guides[2]), tree.address(guides[0])]

    def test_without_a_choice_the_newest_guides_do(self, client):
        guide = GuidePageFactory(parent=tree.section())
        assert tree.address(guide) in links(client, "/en/")

    def test_a_chosen_page_that_is_no_longer_public_is_left_out(self, client):
        guide = GuidePageFactory(parent=tree.section())
        home = HomePage.objects.get()
        home.featured = [HomeFeature(featured_page=guide)]
        publish(home)
        PageViewRestriction.objects.create(page=guide, restriction_type="login")
        assert client.get("/en/").status_code == 200
        assert guide.title not in client.get("/en/").content.decode()

    def test_it_offers_something_for_staff_and_leads_to_partners(self, client):
        partner = PartnerFactory()
        lesson = CaseStudyPageFactory(parent=tree.section(partner, CaseStudyIndexPage))
        found = links(client, "/en/")
        assert tree.address(lesson) in found
        assert tree.address(lesson.get_parent().get_parent()) in found

    def test_no_link_of_it_is_dead(self, client):
        about(TopicFactory(slug="housing"))
        InfoPageFactory(parent=tree.home())
        html = fromstring(client.get("/en/").content)
        paths = {a.get("href").split("#")[0] for a in html.iter("a")} - {""}
        for path in paths:
            assert client.get(path, follow=True).status_code == 200, path


class TestTopics:
    def test_a_topic_with_a_page_leads_to_it_and_others_to_the_list(self, client):
        housing, health = TopicFactory(slug="housing"), TopicFactory(slug="health")
        about(housing)
        about(health)
        page = TopicPageFactory(parent=tree.home(), topic=housing)
        found = links(client, "/en/topics/")
        assert tree.address(page) in found
        assert "/en/browse/?topic=health" in found
        assert "/en/browse/?topic=housing" not in found

    def test_a_topic_without_public_pages_is_left_out(self, client):
        private = about(TopicFactory(slug="housing"))
        PageViewRestriction.objects.create(page=private, restriction_type="login")
        TopicFactory(slug="unused")
        assert links(client, "/en/topics/") == {}

    def test_it_has_its_name_in_the_readers_language(self, client):
        topic = TopicFactory(slug="housing")
        TopicLabel.objects.create(topic=topic, language="es", label="Vivienda")
        source = about(topic)
        index = tree.section(code="es")
        copy = tree.translated(source, "es", index)
        copy.topics = [topic]
        publish(copy)
        assert links(client, "/es/topics/")["/es/browse/?topic=housing"] == "Vivienda"
        assert links(client, "/en/topics/")["/en/browse/?topic=housing"] == "Housing"

    def test_its_page_lists_what_is_about_it(self, client):
        housing = TopicFactory(slug="housing")
        inside, outside = about(housing), about(TopicFactory())
        page = TopicPageFactory(parent=tree.home(), topic=housing)
        found = links(client, tree.address(page))
        assert tree.address(inside) in found
        assert tree.address(outside) not in found


class TestPartners:
    def test_all_with_a_page_are_named_in_the_readers_language(self, client):
        partner = PartnerFactory(english__name="Housing office")
        spanish = Locale.objects.get(language_code="es")
        PartnerTextFactory(record=partner, locale=spanish, name="Oficina de vivienda")
        PartnerFactory(english__name="Without a page")
        for code, name in [("en", "Housing office"), ("es", "Oficina de vivienda")]:
            page = tree.section(partner, code=code).get_parent()
            found = links(client, f"/{code}/partners/")
            assert name in found[tree.address(page)]
        assert "Without a page" not in client.get("/en/partners/").content.decode()

    def test_a_partner_that_is_not_published_is_not_named(self, client):
        partner = PartnerFactory(english__name="Hidden office")
        tree.section(partner)
        partner.live = False
        with as_setup():
            partner.save()
        assert "Hidden office" not in client.get("/en/partners/").content.decode()


class TestAddresses:
    """What editors do to a page, its readers find."""

    @pytest.fixture
    def versions(self):
        partner = PartnerFactory()
        guide = GuidePageFactory(parent=tree.section(partner), slug="rent")
        return guide, tree.translated(guide, "es", tree.section(partner, code="es"))

    def test_a_moved_page_is_found_at_its_old_address(self, client):
        guide = GuidePageFactory(parent=tree.section())
        old = tree.address(guide)
        guide.move(tree.section(), pos="last-child")
        response = client.get(old)
        assert (response.status_code, response.url) == (301, tree.address(guide))

    def test_pages_below_a_renamed_section_are_too(
        self, client, versions, django_capture_on_commit_callbacks
    ):
        guide, _spanish = versions
        section, old = guide.get_parent().specific, tree.address(guide)
        above = tree.address(section)
        section.slug = "help"
        with django_capture_on_commit_callbacks(execute=True):
            publish(section)
        assert "/help/" in tree.address(guide)
        for before, page in [(old, guide), (above, section)]:
            response = client.get(before)
            assert (response.status_code, response.url) == (301, tree.address(page))

    def test_a_private_page_asks_for_its_password_whatever_its_translations(self, client, versions):
        guide, spanish = versions
        address = tree.address(guide)
        PageViewRestriction.objects.create(
            page=guide, restriction_type=PageViewRestriction.PASSWORD, password="open it"
        )
        assert client.get(tree.address(spanish)).status_code == 200
        (form,) = fromstring(client.get(address).content).forms
        answer = {**dict(form.form_values()), "password": "wrong"}
        assert client.post(form.action, answer).status_code == 200
        assert guide.title not in client.get(address).content.decode()
        response = client.post(form.action, {**answer, "password": "open it"})
        assert (response.status_code, response.url) == (302, address)
        assert guide.title in client.get(address).content.decode()

    def test_a_page_for_signed_in_people_leads_to_the_sign_in(self, client, versions):
        guide, _spanish = versions
        PageViewRestriction.objects.create(page=guide, restriction_type="login")
        response = client.get(tree.address(guide), follow=True)
        assert response.status_code == 200
        assert fromstring(response.content).forms[0].inputs["password"] is not None

    @pytest.mark.parametrize("method", ["post", "put", "delete", "options", "trace"])
    def test_pages_are_for_reading(self, client, versions, method):
        for address in ("/en/", tree.address(versions[0])):
            assert getattr(client, method)(address).status_code == 405

    def test_large_print_keeps_the_filters_of_a_list(self, client):
        tree.home()
        large = "/en/browse/?kind=guide&kind=unit&size=large"
        assert large in addresses(client, "/en/browse/?kind=guide&kind=unit")
        assert "/en/browse/?kind=guide&kind=unit" in addresses(client, large)
        assert "/en/?size=large" in addresses(client, "/en/")
        assert "/en/" in addresses(client, "/en/?size=large")


def addresses(client, path):
    return fromstring(client.get(path).content).xpath("//a/@href")
