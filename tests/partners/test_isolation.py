"""A partner's people work with their own and joint content, and meet only what others published."""

import json
import logging

import pytest
from django.urls import reverse
from wagtail.admin.api.views import PagesAdminAPIViewSet  # noqa: F401  the API is part of the admin
from wagtail.models import Page, PageViewRestriction

from content.models.base import Keyword
from partners.models import Membership, PartnerRole, Service, ServiceText
from partners.permissions import can_see_draft
from partners.services import add_membership
from tests.actors import person, signed_in
from tests.factories.content import UserFactory
from tests.factories.guides import GuidePageFactory
from tests.factories.partners import PartnerFactory, ServiceFactory
from tests.factories.toolkits import ToolkitPageFactory, ToolkitPartPageFactory
from tests.factories.tree import section
from tests.publishing import publish
from toolkits.models import ToolkitIndexPage

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture(autouse=True)
def _quiet(settings):
    settings.WAGTAILSEARCH_BACKENDS = {
        "default": {"BACKEND": "wagtail.search.backends.database.fallback"}
    }
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def city():
    return PartnerFactory(slug="city")


@pytest.fixture
def clinic():
    return PartnerFactory(slug="clinic")


@pytest.fixture
def guides(city):
    return section(city)


@pytest.fixture
def draft(guides, city):
    page = GuidePageFactory(
        parent=guides, published=False, title="Unheard of", owner_partner=city, owner=UserFactory()
    )
    page.save_revision()
    return page


@pytest.fixture
def joint(city, clinic):
    page = ToolkitPageFactory(
        parent=section(city, ToolkitIndexPage), published=False, title="Joint toolkit",
        owner_partner=city,
    )  # fmt: skip
    page.partner_roles = [PartnerRole(partner=clinic, role=PartnerRole.Role.CO_AUTHOR)]
    page.save()
    page.save_revision()
    return page


def rights(page, user):
    return type(page).objects.get(pk=page.pk).permissions_for_user(user)


def edit(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def titles(response):
    return json.loads(response.content).get("html", "")


class TestWhoPublishes:
    @pytest.mark.parametrize("role", Role.values)
    def test_nobody_by_any_role(self, role, city, draft):
        partner = None if role == Role.HUB_ADMIN else city
        may = rights(draft, person(role, partner))
        assert not may.can_publish()
        assert not may.can_unpublish()
        assert not may.can_unschedule()
        assert not rights(draft.get_parent().specific, may.user).can_publish_subpage()

    def test_a_superuser_neither(self, draft):
        may = rights(draft, UserFactory(is_superuser=True))
        assert not may.can_publish()
        assert not may.can_publish_subpage()
        assert may.can_edit()

    def test_the_editor_of_a_hub_admin_has_no_publish_button(self, draft):
        page = signed_in(person(Role.HUB_ADMIN)).get(edit(draft)).content.decode()
        assert "action-publish" not in page

    def test_records_have_no_publish_button_for_a_superuser(self, city):
        service = ServiceFactory(organization=city)
        client = signed_in(UserFactory(is_superuser=True))
        url = reverse("wagtailsnippets_partners_service:edit", args=[service.pk])
        assert b"action-publish" not in client.get(url).content


class TestWhoEdits:
    @pytest.mark.parametrize(
        ("role", "changes"),
        [
            (Role.AUTHOR, False),
            (Role.EDITOR, True),
            (Role.STEWARD, True),
            (Role.APPROVER, False),
            (Role.TRANSLATION_REVIEWER, False),
            (Role.PARTNER_ADMIN, False),
        ],
    )
    def test_a_draft_of_the_own_partner(self, role, changes, city, draft):
        user = person(role, city)
        assert rights(draft, user).can_edit() is changes
        assert rights(draft, user).can_see_draft()

    def test_an_author_changes_what_the_author_has_begun(self, city, draft):
        author = person(Role.AUTHOR, city)
        draft.owner = author
        draft.save()
        assert rights(draft, author).can_edit()

    def test_a_translator_changes_pages_of_the_language_only(self, city, draft):
        translator = UserFactory()
        add_membership(user=translator, role=Role.TRANSLATOR, partner=city, languages="es")
        spanish = GuidePageFactory(
            parent=section(city, code="es"), locale_id=section(city, code="es").locale_id,
            published=False, owner_partner=city,
        )  # fmt: skip
        assert rights(spanish, translator).can_edit()
        assert not rights(draft, translator).can_edit()
        assert rights(draft, translator).can_see_draft()

    def test_nobody_of_another_partner(self, clinic, draft):
        for role in (Role.EDITOR, Role.STEWARD, Role.AUTHOR, Role.APPROVER):
            may = rights(draft, person(role, clinic))
            assert not may.can_edit()
            assert not may.can_see_draft()
            assert not may.can_copy()
            assert not may.can_view_revisions()

    def test_an_ended_membership_ends_it_at_once(self, city, draft):
        editor = person(Role.EDITOR, city)
        client = signed_in(editor)
        assert client.get(edit(draft)).status_code == 200
        editor.memberships.get().delete()
        assert client.get(edit(draft)).status_code == 302

    def test_a_closed_account_sees_nothing(self, city, draft):
        editor = person(Role.EDITOR, city)
        editor.is_active = False
        editor.save()
        assert not can_see_draft(draft, editor)

    def test_a_page_that_another_partner_owns_is_foreign_in_the_own_section_too(
        self, city, clinic, guides
    ):
        page = GuidePageFactory(parent=guides, published=False, owner_partner=clinic)
        assert not rights(page, person(Role.EDITOR, city)).can_edit()
        assert rights(page, person(Role.EDITOR, clinic)).can_edit()

    def test_a_page_without_owner_is_of_its_section(self, city, guides):
        page = GuidePageFactory(parent=guides, published=False)
        assert rights(page, person(Role.EDITOR, city)).can_edit()


class TestWhoDeletesAndMoves:
    def test_nothing_live_is_deleted_by_anybody(self, guides, city):
        live = GuidePageFactory(parent=guides, owner_partner=city)
        for user in (
            person(Role.EDITOR, city), person(Role.HUB_ADMIN), UserFactory(is_superuser=True)
        ):  # fmt: skip
            assert not rights(live, user).can_delete()
            assert not rights(guides, user).can_delete()

    def test_editors_delete_drafts_of_their_partner(self, city, draft):
        assert rights(draft, person(Role.EDITOR, city)).can_delete()
        assert not rights(draft, person(Role.AUTHOR, city)).can_delete()

    def test_only_hub_admins_move_what_is_live(self, city, guides):
        live = GuidePageFactory(parent=guides, owner_partner=city)
        assert not rights(live, person(Role.EDITOR, city)).can_move()
        assert rights(live, person(Role.HUB_ADMIN)).can_move()

    def test_a_draft_does_not_move_into_the_section_of_another_partner(self, city, clinic, draft):
        editor = person(Role.EDITOR, city)
        assert not rights(draft, editor).can_move_to(section(clinic))
        assert not rights(draft, editor).can_copy_to(section(clinic))

    def test_only_hub_admins_set_who_may_read(self, city, draft):
        assert not rights(draft, person(Role.EDITOR, city)).can_set_view_restrictions()
        assert rights(draft, person(Role.HUB_ADMIN)).can_set_view_restrictions()


class TestJointContent:
    def test_editors_of_the_co_author_edit_the_joint_draft(self, joint, clinic):
        client = signed_in(person(Role.EDITOR, clinic))
        assert client.get(edit(joint)).status_code == 200

    def test_other_members_of_the_co_author_read_it(self, joint, clinic):
        approver = person(Role.APPROVER, clinic)
        assert not rights(joint, approver).can_edit()
        history = reverse("wagtailadmin_pages:history", args=[joint.pk])
        assert signed_in(approver).get(history).status_code == 200

    def test_the_parts_of_a_joint_toolkit_are_joint(self, joint, clinic):
        part = ToolkitPartPageFactory(parent=joint, published=False)
        assert rights(part, person(Role.EDITOR, clinic)).can_edit()

    def test_a_funder_is_no_co_author(self, city, clinic, draft):
        draft.partner_roles = [PartnerRole(partner=clinic, role=PartnerRole.Role.FUNDER)]
        draft.save()
        draft.save_revision()
        assert not rights(draft, person(Role.EDITOR, clinic)).can_see_draft()

    def test_a_live_page_that_becomes_joint_is_seen_as_draft_before_it_is_published(
        self, guides, city, clinic
    ):
        page = GuidePageFactory(parent=guides, owner_partner=city)
        page.partner_roles = [PartnerRole(partner=clinic, role=PartnerRole.Role.CO_AUTHOR)]
        page.save_revision()
        assert not PartnerRole.objects.filter(page=page).exists()
        assert rights(page, person(Role.EDITOR, clinic)).can_edit()

    def test_who_is_named_no_more_sees_it_no_more(self, guides, city, clinic):
        page = GuidePageFactory(parent=guides, owner_partner=city)
        page.partner_roles = [PartnerRole(partner=clinic, role=PartnerRole.Role.CO_AUTHOR)]
        page.save_revision()
        page.partner_roles = []
        page.save_revision()
        assert not rights(page, person(Role.EDITOR, clinic)).can_see_draft()

    def test_the_explorer_leads_to_it_and_to_nothing_beside_it(self, joint, draft, clinic):
        section(clinic)
        client = signed_in(person(Role.EDITOR, clinic))
        tools = joint.get_parent()
        shown = client.get(reverse("wagtailadmin_explore", args=[tools.pk])).content.decode()
        assert "Joint toolkit" in shown
        home = reverse("wagtailadmin_explore", args=[tools.get_parent().pk])
        rows = client.get(home).content.decode().split("<tbody")[-1]
        assert "Toolkits" in rows
        assert "Guides" not in rows

    def test_one_of_a_partner_without_a_section_explores_too(self, joint, clinic):
        root = reverse("wagtailadmin_explore_root")
        assert signed_in(person(Role.EDITOR, clinic)).get(root).status_code in {200, 302}


class TestChoosers:
    def search(self, client, words):
        found = client.get(reverse("wagtailadmin_choose_page_search"), {"q": words})
        return found.content.decode()

    def test_drafts_of_others_are_not_offered(self, draft, clinic, city):
        section(clinic)
        address = reverse("wagtailadmin_choose_page_child", args=[draft.get_parent().pk])
        foreign = signed_in(person(Role.EDITOR, clinic))
        assert "Unheard" not in titles(foreign.get(address))
        assert "Unheard" not in self.search(foreign, "Unheard")
        own = signed_in(person(Role.EDITOR, city))
        assert "Unheard" in titles(own.get(address))
        assert "Unheard" in self.search(own, "Unheard")

    def test_published_pages_of_others_are_offered_by_their_published_title(
        self, guides, city, clinic
    ):
        page = GuidePageFactory(parent=guides, title="Open title", owner_partner=city)
        page.title = "Coming title"
        page.save_revision()
        address = reverse("wagtailadmin_choose_page_child", args=[guides.pk])
        foreign = titles(signed_in(person(Role.EDITOR, clinic)).get(address))
        assert "Open title" in foreign
        assert "Coming title" not in foreign
        assert "Coming title" in titles(signed_in(person(Role.EDITOR, city)).get(address))

    def test_pages_behind_a_restriction_are_not_offered_to_others(self, guides, city, clinic):
        page = GuidePageFactory(parent=guides, title="For few", owner_partner=city)
        PageViewRestriction.objects.create(page=page, restriction_type="login")
        foreign = signed_in(person(Role.EDITOR, clinic))
        assert "For few" not in self.search(foreign, "For few")

    def test_a_draft_that_is_named_by_its_number_is_not_told_of(self, draft, clinic):
        address = reverse("wagtailadmin_choose_page_chosen_multiple")
        answer = signed_in(person(Role.EDITOR, clinic)).get(address, {"id": draft.pk})
        assert "Unheard" not in answer.content.decode()

    def test_an_address_that_is_pasted_becomes_a_page_by_its_published_title(
        self, guides, city, clinic
    ):
        page = GuidePageFactory(parent=guides, title="Open title", owner_partner=city)
        page.title = "Coming title"
        page.save_revision()
        address = reverse("wagtailadmin_choose_page_external_link")
        data = {"external-link-chooser-url": page.full_url, "external-link-chooser-link_text": ""}
        answer = signed_in(person(Role.EDITOR, clinic)).post(address, data)
        assert "Coming title" not in answer.content.decode()

    def test_records_of_others_are_offered_when_published(self, city, clinic):
        published = ServiceFactory(organization=city, slug="published-service")
        hidden = ServiceFactory(organization=city, slug="hidden-service", live=False, english=None)
        foreign = signed_in(person(Role.EDITOR, clinic))
        choose = titles(foreign.get(reverse("wagtailsnippetchoosers_partners_service:choose")))
        assert str(published) in choose
        assert "hidden-service" not in choose
        chosen = "wagtailsnippetchoosers_partners_service:chosen"
        assert foreign.get(reverse(chosen, args=[published.pk])).status_code == 200
        assert foreign.get(reverse(chosen, args=[hidden.pk])).status_code == 302

    def test_keywords_of_others_drafts_are_not_suggested(self, draft, city, clinic):
        draft.tags.add("Unheardword")
        draft.save()
        address = reverse(
            "wagtailadmin_tag_model_autocomplete",
            args=[Keyword._meta.app_label, Keyword._meta.model_name],
        )
        foreign = signed_in(person(Role.EDITOR, clinic)).get(address, {"term": "Unh"})
        assert foreign.json() == []
        own = signed_in(person(Role.EDITOR, city)).get(address, {"term": "Unh"})
        assert own.json() == ["Unheardword"]


class TestBulkActions:
    def test_titles_of_others_pages_are_not_told(self, draft, clinic):
        section(clinic)
        address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
        client = signed_in(person(Role.EDITOR, clinic))
        assert client.get(address, {"id": draft.pk}).status_code == 302

    def test_all_means_all_of_one_s_own(self, draft, clinic):
        own = GuidePageFactory(
            parent=section(clinic), published=False, title="Own draft", owner_partner=clinic
        )
        address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
        answer = signed_in(person(Role.EDITOR, clinic)).get(address, {"id": "all"})
        assert own.title in answer.content.decode()
        assert "Unheard" not in answer.content.decode()


class TestRecords:
    @pytest.fixture
    def service(self, city):
        return ServiceFactory(organization=city, slug="winter-shelter")

    def test_editors_list_and_open_those_of_their_partner(self, service, city, clinic):
        listing = reverse("wagtailsnippets_partners_service:list")
        form = reverse("wagtailsnippets_partners_service:edit", args=[service.pk])
        own, foreign = signed_in(person(Role.EDITOR, city)), signed_in(person(Role.EDITOR, clinic))
        assert "winter-shelter" in own.get(listing).content.decode()
        assert own.get(form).status_code == 200
        assert "winter-shelter" not in foreign.get(listing).content.decode()
        assert foreign.get(form).status_code == 302

    def test_the_words_of_a_record_are_its_partner_s(self, service, clinic):
        text = ServiceText.objects.get(record=service)
        foreign = signed_in(person(Role.EDITOR, clinic))
        for view in ("edit", "history", "usage", "workflow_history"):
            address = reverse(f"wagtailsnippets_partners_servicetext:{view}", args=[text.pk])
            assert foreign.get(address).status_code == 302, view

    def test_a_record_is_made_for_the_own_partner_only(self, city, clinic):
        editor = signed_in(person(Role.EDITOR, clinic))
        data = {"slug": "smuggled", "organization": city.pk, "status": "active", "assure_months": 6}
        for name in ("phones", "schedules", "service_locations", "urls", "cost_options",
                     "required_documents", "deadlines", "eligibility_rules"):  # fmt: skip
            data |= {f"{name}-TOTAL_FORMS": 0, f"{name}-INITIAL_FORMS": 0}
        editor.post(reverse("wagtailsnippets_partners_service:add"), data)
        assert not Service.objects.filter(slug="smuggled").exists()

    def test_hub_admins_open_all(self, service):
        client = signed_in(person(Role.HUB_ADMIN))
        form = reverse("wagtailsnippets_partners_service:edit", args=[service.pk])
        assert client.get(form).status_code == 200


class TestReports:
    @pytest.mark.parametrize(
        "name",
        [
            "wagtailadmin_reports:site_history", "wagtailadmin_reports:page_types_usage",
            "wagtailadmin_reports:workflow", "wagtailadmin_reports:workflow_tasks",
            "wagtailadmin_reports:locked_pages", "wagtailadmin_reports:aging_pages",
            "wagtail_localize:translations_report",
        ],
    )  # fmt: skip
    def test_lists_over_all_partners_are_for_hub_admins(self, name, city, guides):
        assert signed_in(person(Role.EDITOR, city)).get(reverse(name)).status_code == 302
        assert signed_in(person(Role.HUB_ADMIN)).get(reverse(name)).status_code == 200


class TestCost:
    def test_the_explorer_asks_no_more_for_a_page_than_wagtail_does(
        self, city, guides, django_assert_max_num_queries
    ):
        client = signed_in(person(Role.EDITOR, city))
        address = reverse("wagtailadmin_explore", args=[guides.pk])

        def count():
            with django_assert_max_num_queries(200) as queries:
                client.get(address)
            return len(queries)

        for _ in range(2):
            GuidePageFactory(parent=guides, published=False, owner_partner=city)
        count()
        few = count()
        for _ in range(8):
            GuidePageFactory(parent=guides, published=False, owner_partner=city)
        assert count() <= few + 2 * 8  # site and parent of each row: Wagtail's own

    def test_the_rights_on_many_pages_cost_a_few_questions(
        self, city, guides, django_assert_max_num_queries
    ):
        for _ in range(5):
            publish(GuidePageFactory(parent=guides, published=False, owner_partner=city))
        pages = list(Page.objects.child_of(guides).specific())
        user = person(Role.EDITOR, city)
        with django_assert_max_num_queries(3):
            assert all(page.permissions_for_user(user).can_edit() for page in pages)
