"""What the automatic checks cost, what they say of the demo, of records, and where authors see it."""

import json
import uuid

import pytest
from django.contrib.admin.utils import quote
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale

from editorial.checks import REFUSE, findings
from guides.models import GuidePage
from partners.models.service import ContactPhone, RequiredDocument
from tests.actors import editor
from tests.factories.content import ImageFactory
from tests.factories.guides import GuideIndexPageFactory, GuidePageFactory
from tests.factories.partners import (
    ContactFactory,
    LocationFactory,
    PartnerFactory,
    PartnerPageFactory,
    ServiceFactory,
)

pytestmark = pytest.mark.django_db


def body_of(pages, images, numbers):
    links = "".join(f'<p><a linktype="page" id="{page.pk}">The form</a></p>' for page in pages)
    calls = "".join(f"<p>Call {number} first.</p>" for number in numbers)
    blocks = [("text", links + calls)]
    blocks += [
        ("image", {"image": image.pk, "alt": "The desk", "decorative": False}) for image in images
    ]
    return json.dumps(
        [{"type": name, "value": value, "id": str(uuid.uuid4())} for name, value in blocks]
    )


def queries(page):
    with CaptureQueriesContext(connection) as context:
        findings(page)
    return len(context)


def test_queries_do_not_grow_with_the_page():
    targets = GuidePageFactory.create_batch(8)
    images = ImageFactory.create_batch(8)
    numbers = [f"+1 730 555 01{n:02}" for n in range(8)]
    page = GuidePage(title="A", slug="a", locale=Locale.get_default())
    page.body = body_of(targets[:1], images[:1], numbers[:1])
    few = queries(page)
    page.body = body_of(targets, images, numbers)
    assert queries(page) == few <= 8


def test_records_are_checked():
    partner, service = PartnerFactory(), ServiceFactory()
    assert {f.code for f in findings(partner)} == set()
    assert {f.code for f in findings(service)} == {"service-unconfirmed"}
    assert {f.code for f in findings(LocationFactory())} == {"location-empty"}
    contact = ContactFactory()
    assert {f.code for f in findings(contact)} == {"contact-empty"}
    ContactPhone.objects.create(contact=contact, number="12")
    (finding,) = findings(type(contact).objects.get(pk=contact.pk))
    assert (finding.code, finding.level, finding.field) == ("phone-malformed", REFUSE, "phones")


def test_words_of_records_are_checked():
    service = ServiceFactory()
    RequiredDocument.objects.create(service=service, key="photo-id")
    words = service.texts.get()
    assert {f.code for f in findings(words)} == {"row-wordless"}
    words.description = "Call {{phone:gone.main}}."
    assert {f.code for f in findings(words) if f.level == REFUSE} == {"token-unknown"}


@pytest.fixture
def partner():
    return PartnerFactory()


@pytest.fixture
def page(partner):
    parent = GuideIndexPageFactory(parent=PartnerPageFactory(partner=partner))
    page = GuidePageFactory(parent=parent, owner_partner=partner, title="Bus pass")
    page.body = json.dumps(
        [{"type": "heading", "value": {"text": "Small", "level": "4"}, "id": "b0"}]
    )
    page.save_revision()
    return page


def test_authors_see_the_findings_of_their_draft_with_links_to_the_places(page, partner):
    response = editor(partner).get(reverse("wagtailadmin_pages:edit", args=[quote(page.pk)]))
    html = response.content.decode()
    assert response.status_code == 200
    assert "“Small” skips a level" in html
    assert 'href="#block-b0-section"' in html
    assert "things must be corrected" in html


def test_the_list_leads_into_the_editor_from_elsewhere(page):
    from django.template.loader import render_to_string

    from editorial.checks import render

    rows = [render(f.to_json()) for f in findings(page.get_latest_revision_as_object())]
    html = render_to_string(
        "wagtailadmin/editorial/_findings.html", {"findings": rows, "edit_url": "/admin/pages/7/"}
    )
    assert 'href="/admin/pages/7/#block-b0-section"' in html
    assert 'href="/admin/pages/7/#:w:contentpath=licence"' in html
