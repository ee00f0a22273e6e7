"""What stands before a restricted page: in the reader's language, saying nothing of the page."""

import pytest
from wagtail.models import PageViewRestriction

from tests import actors
from tests.factories import tree
from tests.factories.guides import GuidePageFactory
from tests.factories.partners import PartnerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def guide():
    section = tree.section(PartnerFactory(), code="ar")
    return GuidePageFactory(
        parent=section, locale=section.locale, title="canary-title", summary="canary-summary"
    )


def closed(guide, kind, **options):
    address = tree.address(guide)
    PageViewRestriction.objects.create(page=guide, restriction_type=kind, **options)
    return address


def test_a_password_opens_the_page(guide, client):
    address = closed(guide, PageViewRestriction.PASSWORD, password="open sesame")
    door = client.get(address)
    page = door.content.decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert "viewport" in page
    assert "canary" not in page.replace(address, "")
    posted = {"password": "open sesame", "return_url": address}
    answer = client.post(door.context_data["action_url"], posted, follow=True)
    assert "canary-title" in answer.content.decode()
    # The next reader has no password: a shared cache must not keep what this one got.
    assert answer["Cache-Control"] == "private, no-store"


def test_a_wrong_password_is_named_at_its_field(guide, client):
    address = closed(guide, PageViewRestriction.PASSWORD, password="open sesame")
    door = client.get(address)
    posted = {"password": "wrong", "return_url": address}
    answer = client.post(door.context_data["action_url"], posted)
    assert "err-msg" in answer.content.decode()
    assert "canary" not in answer.content.decode().replace(address, "")


def test_signing_in_leads_to_the_page(guide, client):
    address = closed(guide, PageViewRestriction.LOGIN)
    door = client.get(address, follow=True)
    assert '<html lang="ar" dir="rtl">' in door.content.decode()
    assert "canary" not in door.content.decode().replace(address, "")
    user = actors.person()
    user.set_password("a long enough word")
    user.save()
    form = {"username": user.username, "password": "a long enough word", "next": address}
    answer = client.post(door.request["PATH_INFO"], form, follow=True)
    assert "canary-title" in answer.content.decode()
