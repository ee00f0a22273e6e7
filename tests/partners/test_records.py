"""What pages show of a record follows the record, its rows and its texts, in the reader's language."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from lxml.html import fromstring
from wagtail.models import Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from content import audit
from content.ids import ensure_ids
from hub.css import csp_hash
from partners.blocks import HubStoryBlock
from partners.models import (
    Contact,
    ContactPhone,
    CostOption,
    Location,
    Partner,
    PartnerPage,
    PartnerTheme,
    Service,
    ServiceAtLocation,
    ServicePhone,
    ServiceText,
)
from partners.models.records import validate_phone
from partners.projections import localise
from tests import actors
from tests.editorial.reviews import finish_review
from tests.factories import tree
from tests.factories.guides import GuidePageFactory
from tests.factories.partners import (
    ContactFactory,
    LocationFactory,
    PartnerFactory,
    PartnerTextFactory,
    ServiceFactory,
    ServiceTextFactory,
)
from tests.publishing import as_setup, take_down

pytestmark = pytest.mark.django_db


def locale(code):
    return Locale.objects.get(language_code=code)


def projection(record):
    return type(record).objects.get(pk=record.pk).projection


def guide_showing(block, **value):
    raw = ensure_ids(HubStoryBlock(), [{"type": block, "value": value}])
    return GuidePageFactory(parent=tree.section(), body=json.dumps(raw))


@pytest.fixture
def recorded():
    """These tests are about what is shown, not about who approved it."""
    with as_setup():
        yield


def page_text(client, page):
    return " ".join(fromstring(client.get(tree.address(page)).content).text_content().split())


@pytest.mark.usefixtures("recorded")
class TestProjections:
    def test_it_follows_the_record(self):
        service = ServiceFactory()
        service.email = "new@example.org"
        service.save()
        assert projection(service)["email"] == "new@example.org"

    def test_it_follows_the_rows(self):
        service = ServiceFactory()
        service.phones = [ServicePhone(number="+12025550123")]
        service.cost_options = [CostOption(key="fee", amount="12.50", currency="EUR")]
        service.save()
        assert projection(service)["phones"][0]["number"] == "+12025550123"
        assert projection(service)["costs"][0]["amount"] == "12.50"
        service.phones = []
        service.save()
        assert projection(service)["phones"] == []

    def test_it_follows_the_texts(self):
        service = ServiceFactory(english__name="Old")
        text = service.texts.get()
        text.name = "New"
        text.row_texts = [("row", {"key": "fee", "text": "A copy"})]
        text.save()
        assert projection(service)["name"] == "New"
        assert projection(service)["texts"]["en"]["rows"] == {"fee": "A copy"}
        text.delete()
        assert projection(service)["texts"] == {}

    def test_a_draft_of_a_text_is_not_shown_and_its_publication_is(self):
        service = ServiceFactory(english__name="Live")
        text = service.texts.get()
        text.name = "Draft"
        revision = text.save_revision()
        assert projection(service)["name"] == "Live"
        revision.publish()
        assert projection(service)["name"] == "Draft"

    def test_a_text_that_never_was_published_is_not_shown(self):
        service = ServiceFactory()
        ServiceTextFactory(record=service, locale=locale("es"), name="Borrador", live=False)
        assert "es" not in projection(service)["texts"]

    def test_an_unpublished_text_disappears(self):
        service = ServiceFactory()
        take_down(service.texts.get())
        assert projection(service)["texts"] == {}

    def test_a_draft_of_a_record_is_not_shown(self):
        service = ServiceFactory(email="live@example.org")
        service.email = "draft@example.org"
        service.phones = [ServicePhone(number="+12025550123")]
        revision = service.save_revision()
        assert projection(service)["email"] == "live@example.org"
        assert projection(service)["phones"] == []
        revision.publish()
        assert projection(service)["email"] == "draft@example.org"
        assert projection(service)["phones"][0]["number"] == "+12025550123"

    def test_a_revision_does_not_carry_an_old_projection_back(self):
        service = ServiceFactory(english__name="Old")
        revision = service.save_revision()
        text = service.texts.get()
        text.name = "New"
        text.save()
        revision.publish()
        assert projection(service)["name"] == "New"


def test_what_is_approved_in_the_admin_changes_it():
    contact = ContactFactory(email="old@example.org")
    data = nested_form_data(
        {
            "slug": contact.slug,
            "partner": contact.partner_id,
            "name": "",
            "email": "new@example.org",
            "audience": "public",
            "phones": inline_formset(
                [{"key": "main", "number": "+12025550123", "type": "voice", "extension": ""}]
            ),
            "action-submit": "Submit",
        }
    )
    url = reverse("wagtailsnippets_partners_contact:edit", args=[contact.pk])
    editor = actors.person("editor", contact.partner)
    assert actors.signed_in(editor).post(url, data).status_code == 302
    assert projection(contact)["email"] == "old@example.org"
    finish_review(contact)
    assert projection(contact)["email"] == "new@example.org"
    assert projection(contact)["phones"][0]["number"] == "+12025550123"


class TestLanguages:
    @pytest.fixture
    def partner(self):
        partner = PartnerFactory(english__name="Housing office")
        PartnerTextFactory(record=partner, locale=locale("es"), name="Oficina de vivienda")
        partner.refresh_from_db()
        return partner

    @pytest.mark.parametrize(
        ("code", "name", "lang"),
        [
            ("en", "Housing office", ""),
            ("es", "Oficina de vivienda", ""),
            ("ar", "Housing office", "en"),
        ],
    )
    def test_the_readers_language_then_english(self, partner, code, name, lang):
        shown = localise(partner.projection, code)
        assert (shown["name"], shown["lang"]) == (name, lang)

    def test_then_any_that_there_is(self):
        partner = PartnerFactory(english=None)
        PartnerTextFactory(record=partner, locale=locale("fr"), name="Bureau")
        shown = localise(projection(partner), "ar")
        assert (shown["name"], shown["lang"]) == ("Bureau", "fr")

    def test_a_record_without_texts_still_has_its_facts(self):
        service = ServiceFactory(english=None, email="a@example.org")
        shown = localise(projection(service), "ar")
        assert (shown["email"], shown["lang"]) == ("a@example.org", "")

    def test_texts_of_a_record_are_translations_of_each_other(self, partner):
        keys = set(partner.texts.values_list("translation_key", flat=True))
        assert keys == {partner.key}

    def test_a_foreign_name_is_marked_on_the_page(self, client, partner):
        index = tree.section(partner, code="ar")
        html = fromstring(client.get(tree.address(index.get_parent())).content)
        marked = html.xpath("//*[@lang='en'][@dir='ltr'][contains(., 'Housing office')]")
        assert marked


@pytest.mark.usefixtures("recorded")
class TestWhatThePublicSees:
    def test_a_contact_for_staff_is_not_shown(self, client):
        for audience, shown in [("public", True), ("staff", False)]:
            contact = ContactFactory(audience=audience, email=f"{audience}@example.org")
            page = guide_showing("contact", contact=contact.pk, note="")
            html = client.get(tree.address(page)).content.decode()
            assert (f"{audience}@example.org" in html) == shown

    def test_a_partner_with_many_staff_contacts_still_shows_its_public_one(self, client):
        partner = PartnerFactory()
        for number in range(8):
            email = f"inside{number}@example.org"
            ContactFactory(partner=partner, slug=f"a{number}", audience="staff", email=email)
        ContactFactory(partner=partner, slug="z", email="desk@example.org")
        page = tree.section(partner).get_parent()
        html = client.get(tree.address(page)).content.decode()
        assert "desk@example.org" in html
        assert "inside0@" not in html

    def test_a_record_that_is_not_published_is_not_shown(self, client):
        service = ServiceFactory(english__name="Rent help", live=False)
        page = guide_showing("fees", service=service.pk, note="A note")
        assert "Rent help" not in page_text(client, page)

    def test_an_ended_service_is_not_shown(self, client):
        service = ServiceFactory(status="defunct", email="ended@example.org")
        page = guide_showing("contact", service=service.pk, note="")
        assert "ended@example.org" not in client.get(tree.address(page)).content.decode()

    def test_a_service_shows_its_places(self, client):
        location = LocationFactory(address_1="1 Main Street", english__name="Town hall")
        service = ServiceFactory()
        service.service_locations = [ServiceAtLocation(location=location)]
        service.save()
        page = guide_showing("locations", service=service.pk, note="")
        assert "Town hall" in page_text(client, page)
        assert "1 Main Street" in page_text(client, page)
        location.delete()
        assert "Town hall" not in page_text(client, page)

    def test_a_changed_record_is_there_on_every_page_at_once(self, client):
        contact = ContactFactory(email="old@example.org")
        page = guide_showing("contact", contact=contact.pk, note="")
        contact.email = "new@example.org"
        contact.save()
        assert "new@example.org" in client.get(tree.address(page)).content.decode()

    def test_a_deleted_record_leaves_the_page_standing(self, client):
        contact = ContactFactory()
        page = guide_showing("contact", contact=contact.pk, note="")
        contact.delete()
        assert client.get(tree.address(page)).status_code == 200


class TestPhones:
    @pytest.mark.parametrize("number", ["+12025550123", "+442079460958", "+8613912345678"])
    def test_numbers_in_international_form(self, number):
        validate_phone(number)

    @pytest.mark.parametrize(
        "number", ["2025550123", "+1", "call us", "", "+1202555012345678", "911", "+1 (202)"]
    )
    def test_others_are_refused(self, number):
        with pytest.raises(ValidationError):
            validate_phone(number)

    def test_rows_are_validated(self):
        with pytest.raises(ValidationError):
            ContactPhone(contact=ContactFactory(), number="12").full_clean()


@pytest.mark.usefixtures("recorded")
class TestLook:
    def policy(self, response):
        parts = response.headers["Content-Security-Policy"].split(";")
        return {part.split()[0]: part.split()[1:] for part in parts}

    def styles(self, response):
        return [style.text for style in fromstring(response.content).iter("style")]

    def test_colours_are_inlined_and_allowed_by_their_hash(self, client):
        partner = PartnerFactory()
        partner.themes = [PartnerTheme(brand="#ffb81c", accent="#00a3e0")]
        partner.save()
        response = client.get(tree.address(tree.section(partner).get_parent()))
        styles = self.styles(response)
        assert len(styles) == 2
        assert "#ffb81c" in styles[1]
        allowed = self.policy(response)["style-src"]
        assert [source for source in allowed if source.startswith("'sha256-")] == [
            csp_hash(text) for text in styles
        ]
        assert "'unsafe-inline'" not in allowed

    def test_without_colours_there_is_one_style_and_one_hash(self, client):
        response = client.get(tree.address(tree.section().get_parent()))
        styles = self.styles(response)
        assert len(styles) == 1
        assert csp_hash(styles[0]) in self.policy(response)["style-src"]

    @pytest.mark.parametrize("path", ["/en/", "/en/browse/", "/en/none/", "/en/topics/"])
    def test_pages_without_a_partner_are_allowed_too(self, client, path):
        tree.home()
        response = client.get(path)
        allowed = self.policy(response)
        for style in self.styles(response):
            assert csp_hash(style) in allowed["style-src"]
        assert allowed["script-src"] == ["'self'"]

    def test_a_colour_is_a_colour(self):
        with pytest.raises(ValidationError):
            PartnerTheme(partner=PartnerFactory(), brand="red;}").full_clean()

    def test_logo_and_colours_change_the_projection(self):
        from tests.factories.content import ImageFactory

        partner = PartnerFactory()
        partner.themes = [PartnerTheme(logo=ImageFactory(), brand="#0b5394")]
        partner.save()
        assert projection(partner)["logo"]["src"].startswith("/media/images/")
        assert "#0b5394" in projection(partner)["theme_css"]


class TestRules:
    def test_a_partner_is_not_above_itself(self):
        upper = PartnerFactory()
        lower = PartnerFactory(parent=upper)
        upper.parent = lower
        with pytest.raises(ValidationError):
            upper.full_clean()

    def test_languages_are_codes(self):
        partner = PartnerFactory()
        partner.languages = "en, zh-Hans"
        partner.full_clean()
        partner.languages = "English, Spanish speakers"
        with pytest.raises(ValidationError):
            partner.full_clean()

    def test_a_partner_with_pages_is_not_deleted(self):
        from django.db.models import ProtectedError

        partner = PartnerFactory()
        tree.section(partner)
        with pytest.raises(ProtectedError):
            partner.delete()
        assert PartnerPage.objects.exists()

    def test_all_records_have_a_projection(self):
        for factory in (PartnerFactory, ServiceFactory, LocationFactory, ContactFactory):
            assert projection(factory())["name"]
        assert {Partner, Service, Location, Contact} == {
            model for model in (Partner, Service, Location, Contact) if hasattr(model, "projection")
        }
        assert ServiceText.objects.exists()


def test_evidence_learns_the_name_of_an_organisation_once_it_is_approved():
    partner = PartnerFactory(slug="warm-table", english=None)
    member = actors.person("author", partner=partner)
    audit.record("membership_started", actor=member)
    assert audit.name_of(member.actor_key).endswith("(warm-table)")
    PartnerTextFactory(record=partner, locale=locale("en"), name="Warm Table")
    assert audit.name_of(member.actor_key).endswith("(Warm Table)")
