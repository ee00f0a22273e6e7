"""Locales, trees and sections follow from HUB_LANGUAGES."""

import pytest
from django.core.management import call_command
from wagtail.models import Locale, Site

from content.models import PageFacts
from guides.models import GuideIndexPage
from hub.models import HomePage
from partners.models import PartnerPage
from tests.factories import tree
from tests.factories.partners import PartnerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    partner = PartnerFactory()
    tree.section(partner)
    return partner


def test_a_new_language_gets_home_partner_page_and_sections(partner, settings):
    settings.HUB_LANGUAGES = ["en", "ypk"]
    settings.LANGUAGES = [("en", "English"), ("ypk", "Yupik")]
    settings.WAGTAIL_CONTENT_LANGUAGES = settings.LANGUAGES
    call_command("sync_languages")
    locale = Locale.objects.get(language_code="ypk")
    home = HomePage.objects.get(locale=locale)
    assert home.translation_key == HomePage.objects.get(locale__language_code="en").translation_key
    page = PartnerPage.objects.get(locale=locale, partner=partner)
    section = GuideIndexPage.objects.child_of(page).get()
    assert section.live
    # Its English name is marked as such until somebody writes one.
    assert PageFacts.objects.get(page_id=section.pk).data["title_lang"] == "en"


def test_a_second_run_changes_nothing(partner):
    call_command("sync_languages")
    before = list(HomePage.objects.values_list("pk", "latest_revision_id"))
    facts = set(PageFacts.objects.values_list("page_id", "updated_at"))
    call_command("sync_languages")
    assert list(HomePage.objects.values_list("pk", "latest_revision_id")) == before
    assert set(PageFacts.objects.values_list("page_id", "updated_at")) == facts


def test_the_site_follows_the_address_of_the_settings(partner, settings):
    settings.HUB_BASE_URL = "https://hub.example.org:8443"
    call_command("sync_languages")
    site = Site.objects.get(is_default_site=True)
    assert (site.hostname, site.port) == ("hub.example.org", 8443)


def test_pages_of_a_language_that_left_the_settings_are_not_shown(partner, settings, client):
    call_command("sync_languages")
    settings.HUB_LANGUAGES = ["en"]
    assert "/es/" not in client.get("/en/").content.decode()
    assert b"/es/" not in client.get("/sitemap.xml").content
