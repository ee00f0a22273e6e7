"""Every kind of page answers readers with its own template, in its own language."""

import pytest

from tests.factories.guides import GuideIndexPageFactory, GuidePageFactory, JourneyPageFactory
from tests.factories.hub import HomePageFactory, InfoPageFactory, TopicPageFactory
from tests.factories.lessons import CaseStudyIndexPageFactory, CaseStudyPageFactory
from tests.factories.partners import NoticePageFactory, PartnerPageFactory
from tests.factories.toolkits import (
    ToolkitIndexPageFactory,
    ToolkitPageFactory,
    ToolkitPartPageFactory,
)
from tests.factories.training import (
    CourseIndexPageFactory,
    CoursePageFactory,
    SessionPageFactory,
    UnitPageFactory,
)

pytestmark = pytest.mark.django_db
FACTORIES = [
    *(HomePageFactory, InfoPageFactory, TopicPageFactory, PartnerPageFactory, NoticePageFactory),
    *(GuideIndexPageFactory, GuidePageFactory, JourneyPageFactory),
    *(CaseStudyIndexPageFactory, CaseStudyPageFactory),
    *(ToolkitIndexPageFactory, ToolkitPageFactory, ToolkitPartPageFactory),
    *(CourseIndexPageFactory, CoursePageFactory, UnitPageFactory, SessionPageFactory),
]


@pytest.mark.parametrize("factory", FACTORIES, ids=lambda factory: factory._meta.model.__name__)
def test_an_almost_empty_page_is_shown(client, factory):
    from content.models import PageFacts

    page = factory()
    response = client.get(PageFacts.objects.get(page_id=page.pk).url)
    assert response.status_code == 200
    html = response.content.decode()
    assert '<html lang="en" dir="ltr"' in html
    assert html.count("<h1") == 1
    assert response.headers["Content-Language"] == "en"
    assert not response.cookies


@pytest.mark.parametrize("factory", FACTORIES, ids=lambda factory: factory._meta.model.__name__)
def test_a_draft_is_not_found(client, factory):
    page = factory(published=False)
    parent = page.get_parent()
    assert client.get(f"/en/{page.slug}/").status_code == 404
    if parent.depth > 2:
        from content.services import public_path

        assert client.get(public_path(page, "en")).status_code == 404
