"""A page asks the database the same few questions, however many pages there are."""

import json
import uuid

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from content.ids import ensure_ids
from content.models import PageFacts
from guides.models import GuideIndexPage, GuideService
from hub.models import HomePage
from lessons.models import CaseStudyIndexPage
from partners.blocks import HubStoryBlock
from partners.models import PartnerPage
from tests.factories import tree
from tests.factories.content import TopicFactory
from tests.factories.guides import GuidePageFactory, JourneyPageFactory
from tests.factories.hub import InfoPageFactory, TopicPageFactory
from tests.factories.lessons import CaseStudyPageFactory
from tests.factories.partners import (
    ContactFactory,
    NoticePageFactory,
    PartnerFactory,
    ServiceFactory,
)
from tests.factories.toolkits import ToolkitPageFactory, ToolkitPartPageFactory
from tests.factories.training import CoursePageFactory, SessionPageFactory, UnitPageFactory
from tests.publishing import publish
from toolkits.models import ToolkitIndexPage
from training.models import CourseIndexPage

pytestmark = pytest.mark.django_db
PAGE_GOAL = 8
LIST_GOAL = 12
LISTS = ["/en/browse/", "/en/browse/?kind=guide&language=en"]
VIEWS = ["/en/topics/", "/en/partners/", "/en/notices/"]
# Before an address counts as missing, Wagtail looks for a draft, a private page or a redirect.
MISSING = ["/en/none/"]


@pytest.fixture(autouse=True)
def _real_cache(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.HUB_PAGE_CACHE = False  # each page is made anew
    cache.clear()
    yield
    cache.clear()


def story(*items):
    return json.dumps(ensure_ids(HubStoryBlock(), list(items)))


@pytest.fixture
def hub():
    """One published page of every kind, bodies with records and references."""
    partner = PartnerFactory(slug="city")
    index = tree.section(partner)
    topic = TopicFactory()
    service, contact = ServiceFactory(organization=partner), ContactFactory(partner=partner)
    owner = {"owner_partner": partner}
    guide = GuidePageFactory(parent=index, **owner)
    refs = {"title": "", "pages": [{"page": guide.pk, "label": "", "required": True}]}
    body = story(
        {"type": "text", "value": "<p>Words</p>"},
        {"type": "fees", "value": {"service": service.pk, "note": "x"}},
        {"type": "contact", "value": {"contact": contact.pk, "note": ""}},
        {"type": "page_refs", "value": refs},
    )
    guide.body = body
    guide.topics = [topic]
    guide.guide_services = [GuideService(service=service)]
    publish(guide)
    part_of = [{"type": "page", "value": {"page": guide.pk, "label": "", "required": True}}]
    toolkit = ToolkitPageFactory(
        parent=tree.section(partner, ToolkitIndexPage), parts=json.dumps(part_of), **owner
    )
    lessons = tree.section(partner, CaseStudyIndexPage)
    courses = tree.section(partner, CourseIndexPage)
    course = CoursePageFactory(parent=courses, body=body, **owner)
    home = HomePage.objects.get()
    stage = {"stage": "intake", "intro": "", "guides": part_of}
    return {
        "home": home,
        "partner": PartnerPage.objects.get(),
        "index": index,
        "guide": guide,
        "journey": JourneyPageFactory(
            parent=index, stages=json.dumps([{"type": "stage", "value": stage}]), **owner
        ),
        "toolkit": toolkit,
        "part": ToolkitPartPageFactory(parent=toolkit, body=body, **owner),
        "lesson": CaseStudyPageFactory(parent=lessons, body=body, **owner),
        "course": course,
        "unit": UnitPageFactory(parent=course, **owner),
        "session": SessionPageFactory(parent=courses, **owner),
        "topic": TopicPageFactory(parent=home, topic=topic),
        "info": InfoPageFactory(parent=home, body=body),
        "notice": NoticePageFactory(parent=home),
    }


def multiply(count):
    """As many facts beside each page as `count`, as if so many siblings had been published."""
    for row in list(PageFacts.objects.filter(page_id__lt=100_000)):
        if row.kind in ("home", "notice", "info"):
            continue
        start = 100_000 * row.page_id
        siblings = PageFacts.objects.bulk_create(
            PageFacts(
                **{
                    field.name: getattr(row, field.name)
                    for field in PageFacts._meta.concrete_fields
                    if field.name not in ("id", "page_id", "page_key", "url", "position")
                },
                page_id=start + number,
                page_key=uuid.uuid4(),
                url=f"{row.url}copy-{number}/",
                position=f"{row.position}{number:04}",
            )
            for number in range(count)
        )
        topics = list(row.topic_rows.values_list("topic_id", flat=True))
        for sibling in siblings:
            for topic_id in topics:
                sibling.topic_rows.create(topic_id=topic_id)


def cost(client, path):
    client.get(path)  # what is kept for all readers
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    assert response.status_code in (200, 404)
    return len(queries)


def test_every_address_stays_within_its_goal_and_does_not_grow(client, hub, subtests):
    paths = {kind: tree.address(page) for kind, page in hub.items()}
    paths |= {path: path for path in [*LISTS, *VIEWS, *MISSING]}
    few = {name: cost(client, path) for name, path in paths.items()}
    multiply(50)
    cache.clear()
    many = {name: cost(client, path) for name, path in paths.items()}
    for name in paths:
        with subtests.test(name=name):
            goal = LIST_GOAL if name in LISTS + MISSING else PAGE_GOAL
            assert many[name] <= goal
            assert many[name] == few[name]


def test_every_address_is_kept_and_then_asks_the_database_nothing(client, hub, settings, subtests):
    settings.HUB_PAGE_CACHE = True
    for path in [*map(tree.address, hub.values()), *LISTS, *VIEWS]:
        with subtests.test(path=path):
            made = client.get(path)
            with CaptureQueriesContext(connection) as queries:
                kept = client.get(path)
            assert made.templates
            assert not kept.templates
            assert kept.content == made.content
            assert len(queries) == 0
            assert not made.cookies


def test_every_kind_is_measured(hub):
    published = set(PageFacts.objects.values_list("kind", flat=True))
    assert published == set(hub)
    assert GuideIndexPage.kind == "index"
