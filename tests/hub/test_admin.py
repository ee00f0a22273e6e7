"""The screens of the admin open for a hub admin, with scripts of this site only."""

import pytest
from django.apps import apps
from django.urls import NoReverseMatch, reverse
from lxml.html import fromstring
from wagtail.models import Page
from wagtail.snippets.models import get_snippet_models

from content.models import BasePage, Topic
from partners.models import Membership, PartnerTheme
from tests import actors
from tests.factories import tree
from tests.factories.guides import GuidePageFactory
from tests.factories.partners import ContactFactory, PartnerFactory, ServiceFactory

pytestmark = pytest.mark.django_db


def page_types():
    return [model for model in apps.get_models() if issubclass(model, BasePage)]


def parent_of(model, partner):
    """A place where the page type may stand."""
    for parent in Page.objects.exclude(depth=1).specific():
        if model in parent.creatable_subpage_models():
            return parent
    (parent_type,) = [m for m in model.allowed_parent_page_models() if issubclass(m, BasePage)][:1]
    if hasattr(parent_type, "section_title"):
        return tree.section(partner, parent_type)
    parent = parent_type(title="Parent", slug=f"parent-{parent_type.__name__.lower()}", live=False)
    parent_of(parent_type, partner).add_child(instance=parent)
    return parent


def opened(client, url):
    response = client.get(url)
    assert response.status_code == 200, url
    policy = response.headers["Content-Security-Policy"]
    directives = {part.split()[0]: part.split()[1:] for part in policy.split(";")}
    # Wagtail's choosers and panels start by inline scripts; none comes from another host.
    assert set(directives["script-src"]) <= {"'self'", "'unsafe-inline'"}, url
    assert response.headers["Cache-Control"] == "private, no-store"
    return response


class TestPages:
    def test_the_form_of_every_page_type_opens(self, subtests):
        partner = PartnerFactory()
        tree.section(partner)
        client = actors.hub_admin()
        for model in page_types():
            with subtests.test(model=model.__name__):
                if model.__name__ == "HomePage":
                    parent = Page.objects.get(depth=1)
                else:
                    parent = parent_of(model, partner)
                arguments = (model._meta.app_label, model._meta.model_name, parent.pk)
                opened(client, reverse("wagtailadmin_pages:add", args=arguments))

    def test_the_screens_of_a_page_open(self, subtests):
        guide = GuidePageFactory(parent=tree.section())
        client = actors.hub_admin()
        for name in ("edit", "history", "copy", "move", "usage", "view_draft"):
            with subtests.test(name=name):
                url = reverse(f"wagtailadmin_pages:{name}", args=[guide.pk])
                response = client.get(url)
                assert response.status_code == 200
        # What is live is taken down by a screen of the hub's own, then it can be deleted.
        for name in ("unpublish", "delete"):
            with subtests.test(name=name):
                url = reverse(f"wagtailadmin_pages:{name}", args=[guide.pk])
                assert client.get(url).status_code == 302

    def test_the_draft_is_shown_as_readers_will_see_it(self):
        guide = GuidePageFactory(parent=tree.section(), title="Live")
        guide.title = "Draft title"
        guide.save_revision()
        url = reverse("wagtailadmin_pages:view_draft", args=[guide.pk])
        response = actors.hub_admin().get(url)
        assert "Draft title" in response.content.decode()
        assert response.headers["Cache-Control"] == "private, no-store"

    def test_a_page_begun_in_a_partners_section_is_the_partners(self):
        partner = PartnerFactory()
        index = tree.section(partner)
        url = reverse("wagtailadmin_pages:add", args=("guides", "guidepage", index.pk))
        html = fromstring(actors.editor(partner).get(url).content)
        assert html.get_element_by_id("id_owner_partner").get("value") == str(partner.pk)

    def test_the_explorer_opens(self):
        index = tree.section()
        client = actors.hub_admin()
        opened(client, reverse("wagtailadmin_explore_root"))
        opened(client, reverse("wagtailadmin_explore", args=[index.pk]))


class TestRecords:
    def test_the_list_and_the_form_of_every_record_open(self, subtests):
        client = actors.hub_admin()
        partner = PartnerFactory()
        ServiceFactory(organization=partner)
        ContactFactory(partner=partner)
        own = [model for model in get_snippet_models() if model.__module__.split(".")[0] in OWN]
        assert len(own) >= 12
        for model in own:
            viewset = model.snippet_viewset
            with subtests.test(model=model.__name__):
                opened(client, reverse(viewset.get_url_name("list")))
                opened(client, reverse(viewset.get_url_name("list")) + "?q=a")
                opened(client, reverse(viewset.get_url_name("add")))
                row = model.objects.first()
                if row is not None:
                    opened(client, reverse(viewset.get_url_name("edit"), args=[row.pk]))

    def test_a_colour_that_is_none_is_refused_with_the_form(self):
        partner = PartnerFactory()
        PartnerTheme.objects.create(partner=partner, brand="#0b5394")
        url = reverse("wagtailsnippets_partners_partner:edit", args=[partner.pk])
        client = actors.hub_admin()
        form = next(f for f in fromstring(client.get(url).content).forms if "slug" in f.inputs)
        data = {**dict(form.form_values()), "themes-0-brand": "yellow"}
        response = client.post(url, data)
        assert response.status_code == 200
        assert "A colour such as #0b5394." in response.content.decode()

    def test_memberships_open(self):
        client = actors.hub_admin()
        for name in ("index", "add"):
            opened(client, reverse(f"memberships:{name}"))
        row = Membership.objects.first()
        opened(client, reverse("memberships:edit", args=[row.pk]))

    def test_a_topic_is_made_by_form_with_its_names(self):
        from wagtail.test.utils.form_data import inline_formset, nested_form_data

        rows = [{"language": "es", "label": "Vivienda", "synonyms": "alquiler"}]
        data = nested_form_data(
            {"slug": "housing", "merged_into": "", "labels": inline_formset(rows)}
        )
        url = reverse(Topic.snippet_viewset.get_url_name("add"))
        assert actors.hub_admin().post(url, data).status_code == 302
        assert Topic.objects.get().label_in("es") == ("Vivienda", "es")

    def test_editors_see_records_and_nothing_of_the_hub(self):
        partner = PartnerFactory()
        client = actors.editor(partner)
        opened(client, reverse("wagtailsnippets_partners_service:list"))
        for name in ("memberships:index", "wagtailsnippets_partners_partner:add"):
            assert client.get(reverse(name)).status_code in (302, 403)


OWN = {"content", "partners", "toolkits", "lessons", "training", "guides", "hub"}
SCREENS = [
    "wagtailadmin_home",
    "wagtailadmin_account",
    "wagtailadmin_explore_root",
    "wagtailimages:index",
    "wagtailimages:add_multiple",
    "wagtaildocs:index",
    "wagtaildocs:add_multiple",
    "wagtailadmin_reports:site_history",
    "wagtailadmin_collections:index",
    "wagtailusers_users:index",
    "wagtailusers_users:add",
    "wagtailsites:index",
    "wagtailredirects:index",
    "wagtaillocales:index",
]


class TestScreens:
    def test_the_main_screens_open(self, subtests):
        tree.home()
        client = actors.hub_admin()
        for name in SCREENS:
            with subtests.test(name=name):
                try:
                    opened(client, reverse(name))
                except NoReverseMatch:
                    pytest.fail(f"{name} is gone")

    @pytest.mark.parametrize("code", ["es", "fr", "ar"])
    def test_the_admin_speaks_the_persons_language(self, code):
        from wagtail.users.models import UserProfile

        user = actors.person(Membership.Role.HUB_ADMIN)
        profile = UserProfile.get_for_user(user)
        profile.preferred_language = code
        profile.save()
        html = fromstring(actors.signed_in(user).get("/admin/").content)
        assert html.get("lang") == code
        assert html.get("dir") == ("rtl" if code == "ar" else "ltr")

    def test_nothing_is_fetched_from_another_host(self):
        tree.home()
        html = fromstring(actors.hub_admin().get("/admin/").content)
        sources = html.xpath("//script/@src | //link/@href | //img/@src")
        assert [s for s in sources if s.startswith(("http:", "https:", "//"))] == []
