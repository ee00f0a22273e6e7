"""A hub admin sends a page to translation, and the source stays as it is."""

import json

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from wagtail.models import Locale

from content.ids import ensure_ids
from guides.models import GuidePage
from partners.blocks import HubStoryBlock
from tests import actors
from tests.content.test_ids import assert_all_have_ids
from tests.factories import tree
from tests.factories.guides import GuidePageFactory
from tests.factories.partners import PartnerFactory, ServiceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _right_of_wagtail_localize():
    """Its migration makes this row; tests run without migrations."""
    content_type, _ = ContentType.objects.get_or_create(app_label="wagtail_localize", model="admin")
    Permission.objects.get_or_create(
        content_type=content_type, codename="submit_translation", name="Can submit translations"
    )


@pytest.fixture
def partner():
    partner = PartnerFactory()
    tree.section(partner)
    tree.section(partner, code="es")
    return partner


@pytest.fixture
def guide(partner):
    service = ServiceFactory(organization=partner)
    raw = [
        {"type": "text", "value": "<p>Bring your papers.</p>"},
        {"type": "fees", "value": {"service": service.pk, "note": "Cash only"}},
        {"type": "checklist", "value": {"title": "List", "items": [{"text": "<p>One</p>"}]}},
    ]
    body = json.dumps(ensure_ids(HubStoryBlock(), raw))
    return GuidePageFactory(parent=tree.section(partner), owner_partner=partner, body=body)


def submit(client, page, code="es"):
    url = reverse("wagtail_localize:submit_page_translation", args=[page.pk])
    assert client.get(url).status_code == 200
    locale = Locale.objects.get(language_code=code)
    return client.post(url, {"locales": [locale.pk]})


def test_a_hub_admin_may(guide):
    before = list(guide.body.raw_data)
    assert submit(actors.hub_admin(), guide).status_code == 302
    copy = GuidePage.objects.get(locale__language_code="es")
    assert copy.translation_key == guide.translation_key
    assert copy.owner_partner == guide.owner_partner
    assert_all_have_ids(copy)
    assert [block.id for block in copy.body] == [block.id for block in guide.body]
    guide.refresh_from_db()
    assert guide.live
    assert list(guide.body.raw_data) == before


def test_nothing_is_published_by_it(client, guide):
    submit(actors.hub_admin(), guide)
    copy = GuidePage.objects.get(locale__language_code="es")
    assert not copy.live


def test_records_of_the_page_stay_published(guide):
    submit(actors.hub_admin(), guide)
    service = guide.owner_partner.services.get()
    assert service.live
    assert all(text.live for text in service.texts.all())


def test_an_editor_of_another_partner_may_not(guide):
    stranger = actors.editor(PartnerFactory())
    url = reverse("wagtail_localize:submit_page_translation", args=[guide.pk])
    assert stranger.get(url).status_code in (302, 403)
    assert not GuidePage.objects.filter(locale__language_code="es").exists()
