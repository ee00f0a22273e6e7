"""The list of everything: each filter filters, counts are true, and nothing in the address breaks it."""

import itertools
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml.html import fromstring
from wagtail.models import PageViewRestriction

from content.models import PageFacts
from guides.models import GuideIndexPage
from tests.factories import tree
from tests.factories.content import AudienceFactory, TopicFactory
from tests.factories.guides import GuidePageFactory, JourneyPageFactory
from tests.factories.partners import NoticePageFactory, PartnerFactory
from tests.factories.toolkits import ToolkitPageFactory
from tests.publishing import publish, take_down
from toolkits.models import ToolkitIndexPage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _real_cache(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.HUB_PAGE_CACHE = False  # each page is made anew
    from django.core.cache import cache

    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def pages():
    """Guides and toolkits of two partners, with topics and audiences crossed, one of them Spanish."""
    partners = [PartnerFactory(slug=slug) for slug in ("city", "union")]
    topics = [TopicFactory(slug=slug) for slug in ("housing", "health")]
    audiences = [AudienceFactory(slug=slug) for slug in ("tenants", "staff")]
    made = []
    for number, (partner, topic) in enumerate(itertools.product(partners, topics)):
        guides = tree.section(partner)
        toolkits = tree.section(partner, ToolkitIndexPage)
        for factory, parent in [(GuidePageFactory, guides), (ToolkitPageFactory, toolkits)]:
            page = factory(parent=parent, owner_partner=partner, published=False)
            page.topics = topics if number == 0 else [topic]
            page.audiences = [audiences[number % 2]]
            publish(page)
            made.append(page)
    spanish = tree.section(partners[0], GuideIndexPage, "es")
    source = made[0]
    copy = tree.translated(source, "es", spanish, owner_partner=partners[0])
    copy.topics = topics[:1]
    publish(copy)
    return [*made, copy]


def browse(client, query="", code="en"):
    response = client.get(f"/{code}/browse/?{query}")
    assert response.status_code == 200
    return response


def titles(response):
    return [item["title"] for item in response.context["items"]]


def matching(pages, code="en", **wanted):
    def fits(page):
        return (
            page.locale.language_code in wanted.get("language", [code])
            and page.kind in wanted.get("kind", [page.kind])
            and page.owner_partner.slug in wanted.get("partner", [page.owner_partner.slug])
            and (
                "topic" not in wanted or {t.slug for t in page.topics.all()} & set(wanted["topic"])
            )
            and (
                "audience" not in wanted
                or {a.slug for a in page.audiences.all()} & set(wanted["audience"])
            )
        )

    return sorted(page.title for page in pages if fits(page))


def query(**chosen):
    return "&".join(f"{name}={value}" for name, values in chosen.items() for value in values)


CHOICES = [
    {},
    {"kind": ["guide"]},
    {"kind": ["guide", "toolkit"]},
    {"topic": ["housing"]},
    {"topic": ["housing", "health"]},
    {"partner": ["union"]},
    {"audience": ["tenants"]},
    {"language": ["es"]},
    {"language": ["es", "en"]},
    {"kind": ["guide"], "topic": ["health"], "partner": ["city"]},
    {"kind": ["toolkit"], "audience": ["staff"], "partner": ["union"]},
    {"partner": ["union"], "language": ["es"]},
]
COUNTED = [{}, {"kind": ["guide"]}, {"topic": ["health"], "partner": ["city"]}]
ODD = [
    "kind=nonsense",
    "topic=&partner=&audience=",
    "language=xx",
    "kind=guide&kind=guide&kind=guide",
    "kind[]=guide",
    "partner=1 OR 1=1",
    "topic=%ff%fe",
    "unknown=value",
    "q=" + "a" * 3000,
    "&".join(f"topic=t{number}" for number in range(900)),
]
NUMBERS = [
    "0",
    "-1",
    "99",
    "99999999999999999999999",
    "1e9",
    "abc",
    "",
    "1.5",
    "٢",
    "last",
    "²",
]


class TestFilters:
    def test_the_list_holds_what_was_chosen(self, client, pages, subtests):
        for chosen in CHOICES:
            with subtests.test(chosen=chosen):
                response = browse(client, query(**chosen))
                assert sorted(titles(response)) == matching(pages, **chosen)
                assert response.context["total"] == len(titles(response))
                assert len(set(titles(response))) == len(titles(response))

    def test_another_language_lists_its_own_pages(self, client, pages):
        assert sorted(titles(browse(client, code="es"))) == matching(pages, language=["es"])
        assert titles(browse(client, code="ar")) == []

    def test_a_count_is_what_choosing_it_shows(self, client, pages, subtests):
        for chosen in COUNTED:
            with subtests.test(chosen=chosen):
                response = browse(client, query(**chosen))
                counted = 0
                for group in response.context["filters"]:
                    for option in group["options"]:
                        other = {**chosen, group["name"]: [option["value"]]}
                        assert browse(client, query(**other)).context["total"] == option["count"], (
                            other
                        )
                        counted += 1
                assert counted >= 8

    def test_a_value_without_pages_is_not_offered(self, client, pages):
        TopicFactory(slug="unused")
        values = {
            option["value"]
            for group in browse(client).context["filters"]
            for option in group["options"]
        }
        assert "unused" not in values
        assert "journey" not in values

    def test_what_is_chosen_can_be_taken_back(self, client, pages):
        response = browse(client, "kind=guide&topic=health")
        links = {row["label"]: row["remove_url"] for row in response.context["chosen"]}
        assert len(links) == 2
        totals = {client.get(url).context["total"] for url in links.values()}
        assert totals == {
            len(matching(pages, kind=["guide"])),
            len(matching(pages, topic=["health"])),
        }

    def test_the_form_keeps_what_was_chosen(self, client, pages):
        html = fromstring(browse(client, "kind=guide&topic=health").content)
        boxes = html.xpath("//input[@type='checkbox'][@checked]")
        assert {(b.get("name"), b.get("value")) for b in boxes} >= {
            ("kind", "guide"),
            ("topic", "health"),
        }
        (form,) = [box for box in html.iter("form") if box.get("action") == "/en/browse/"]
        assert form.get("method") == "get"


class TestWhatIsListed:
    def test_drafts_private_pages_and_notices_are_not(self, client, pages):
        partner = PartnerFactory()
        index = tree.section(partner)
        GuidePageFactory(parent=index, title="Draft", published=False)
        private = GuidePageFactory(parent=index, title="Private")
        PageViewRestriction.objects.create(page=private, restriction_type="login")
        NoticePageFactory(parent=index.get_parent(), title="Notice")
        JourneyPageFactory(parent=index, title="Journey")
        found = titles(browse(client, "language=en"))
        assert "Journey" in found
        assert not {"Draft", "Private", "Notice"} & set(found)
        counts = {
            option["value"]: option["count"]
            for group in browse(client).context["filters"]
            for option in group["options"]
        }
        assert counts["guide"] == len(matching(pages, kind=["guide"]))

    def test_an_unpublished_page_leaves_the_list(self, client, pages):
        pages[0].refresh_from_db()
        take_down(pages[0])
        assert pages[0].title not in titles(browse(client))


class TestAddress:
    def test_what_is_unknown_is_ignored(self, client, pages, subtests):
        for odd in ODD:
            with subtests.test(odd=odd):
                total = browse(client, odd).context["total"]
                wanted = matching(pages, kind=["guide"]) if odd.startswith("kind=guide") else None
                assert total == len(wanted if wanted is not None else matching(pages))

    def test_any_page_number_is_answered(self, client, pages, subtests):
        for number in NUMBERS:
            with subtests.test(number=number):
                response = browse(client, f"page={number}")
                assert response.context["items"]

    def test_pages_follow_each_other_and_keep_the_filters(self, client):
        index = tree.section(PartnerFactory(slug="city"))
        for _ in range(50):
            GuidePageFactory(parent=index, owner_partner=index.get_parent().specific.partner)
        url, seen, turns = "?kind=guide&partner=city", [], 0
        while url:
            response = browse(client, url.lstrip("?"))
            seen += titles(response)
            url = response.context["pager"]["next_url"]
            turns += 1
        assert turns == 3
        assert len(seen) == len(set(seen)) == 50

    def test_a_title_is_printed_as_text(self, client):
        GuidePageFactory(parent=tree.section(), title="<b>bold</b> & more")
        html = browse(client).content.decode()
        assert "<b>bold" not in html
        assert "&lt;b&gt;bold" in html

    @pytest.mark.parametrize("method", ["post", "put", "delete"])
    def test_it_is_only_read(self, client, method):
        assert getattr(client, method)("/en/browse/").status_code == 405

    def test_no_cookie_is_set(self, client, pages):
        assert not browse(client, "kind=guide").cookies


def facts(index, start, count, partner):
    """Rows as a published guide has them, without the cost of publishing hundreds."""
    import uuid

    pattern = PageFacts.objects.get(page_id=index.pk)
    PageFacts.objects.bulk_create(
        PageFacts(
            page_id=10_000 + number,
            page_key=uuid.uuid4(),
            locale_code="en",
            content_type_id=pattern.content_type_id,
            kind=["guide", "toolkit", "lesson"][number % 3],
            title=f"Guide {number}",
            url=f"{pattern.url}guide-{number}/",
            parent_id=index.pk,
            position=f"{pattern.position}{number:04}",
            partner_id=partner.pk,
        )
        for number in range(start, start + count)
    )


class TestCost:
    def test_it_asks_the_same_at_10_and_at_200_pages(self, client):
        partner = PartnerFactory(slug="city")
        index = tree.section(partner)
        address = "/en/browse/?kind=guide&kind=toolkit&partner=city&language=en"

        def cost():
            client.get(address)  # what is kept in the cache for all
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            return len(queries)

        facts(index, 0, 10, partner)
        ten = cost()
        facts(index, 10, 190, partner)
        assert cost() == ten
        assert ten <= 12, "frontend.md: lists at most 12 queries"

    def test_the_number_of_pages_is_shown(self, client):
        partner = PartnerFactory(slug="city")
        index = tree.section(partner)
        facts(index, 0, 200, partner)
        response = browse(client)
        assert response.context["total"] == 200
        assert re.search(r"\b200\b", response.content.decode())
