"""What is restricted reaches its audience and nobody else, on no surface."""

import json

import pytest
from django.urls import reverse
from wagtail.search.backends import get_search_backend
from wagtail.search.models import IndexEntry

from content.ids import ensure_ids
from content.models import PageFacts
from guides.models import GuidePage
from partners.blocks import HubStoryBlock
from partners.models import Membership, PartnerRole
from tests import actors
from tests.factories import tree
from tests.factories.guides import GuidePageFactory
from tests.factories.partners import PartnerFactory
from tests.factories.training import CoursePageFactory, UnitPageFactory
from tests.publishing import publish
from training.blocks import UnitStoryBlock
from training.models import CourseIndexPage

pytestmark = pytest.mark.django_db
CANARY = "canary7f3a9c51e0d84b62"
AUDIENCES = ["instructors", "staff", "editors"]
Role = Membership.Role


def restricted(audience):
    """A canary in each kind of place that a template or an index may pick up."""
    canary = f"{CANARY}-{audience}"
    inside = [
        {"type": "text", "value": f"<p>{canary}</p>"},
        {"type": "heading", "value": {"text": canary, "level": "2"}},
        {"type": "checklist", "value": {"title": canary, "items": [{"text": canary}]}},
        {"type": "definition", "value": {"term": canary, "text": f"<p>{canary}</p>"}},
    ]
    return {"type": "restricted", "value": {"audience": audience, "body": inside}}


def body(block=HubStoryBlock):
    raw = [{"type": "text", "value": "<p>for everybody</p>"}, *map(restricted, AUDIENCES)]
    return json.dumps(ensure_ids(block(), raw, seed="canary"))


@pytest.fixture
def partner():
    return PartnerFactory()


@pytest.fixture
def guide(partner):
    return GuidePageFactory(parent=tree.section(partner), owner_partner=partner, body=body())


@pytest.fixture
def unit(partner):
    course = CoursePageFactory(parent=tree.section(partner, CourseIndexPage), owner_partner=partner)
    return UnitPageFactory(parent=course, owner_partner=partner, body=body(UnitStoryBlock))


def shown(client, page):
    """The audiences whose blocks are on the page."""
    response = client.get(tree.address(page))
    assert response.status_code == 200
    html = response.content.decode()
    assert "for everybody" in html
    found = {audience for audience in AUDIENCES if f"{CANARY}-{audience}" in html}
    assert bool(found) == (CANARY in html)
    return found, response


# Who reads which audience on a page of the partner: role at the page's partner, or elsewhere.
READERS = {
    "anonymous": (None, None, set()),
    "account without a role": ("account", None, set()),
    "editor of another partner": (Role.EDITOR, "other", {"staff"}),
    "translator of the partner": (Role.TRANSLATOR, "own", {"staff"}),
    "author of the partner": (Role.AUTHOR, "own", {"staff", "editors", "instructors"}),
    "editor of the partner": (Role.EDITOR, "own", {"staff", "editors", "instructors"}),
    "steward of the partner": (Role.STEWARD, "own", {"staff", "editors", "instructors"}),
    "hub admin": (Role.HUB_ADMIN, None, {"staff", "editors", "instructors"}),
}


def reader(name, partner):
    role, place, allowed = READERS[name]
    if role is None:
        return actors.Client(), allowed
    if role == "account":
        return actors.signed_in(actors.person()), allowed
    where = {"own": partner, "other": None, None: None}[place]
    if place == "other":
        where = PartnerFactory()
    return actors.signed_in(actors.person(role, where)), allowed


class TestOnThePage:
    @pytest.mark.parametrize("kind", ["guide", "unit"])
    def test_only_its_audience_reads_a_block(self, kind, partner, request):
        page = request.getfixturevalue(kind)
        for name in READERS:
            client, allowed = reader(name, partner)
            found, response = shown(client, page)
            assert found == allowed, name
            if name != "anonymous":
                assert response.headers["Cache-Control"] == "private, no-store"

    def test_what_a_member_read_is_not_shown_to_the_next_reader(self, guide, partner):
        assert shown(actors.editor(partner), guide)[0] == set(AUDIENCES)
        assert shown(actors.Client(), guide)[0] == set()

    def test_editors_of_a_co_author_belong_to_the_page_and_a_funder_does_not(self, guide):
        author, funder = PartnerFactory(), PartnerFactory()
        guide.partner_roles = [
            PartnerRole(partner=author, role="co_author"),
            PartnerRole(partner=funder, role="funder"),
        ]
        publish(guide)
        assert shown(actors.editor(author), guide)[0] == set(AUDIENCES)
        assert shown(actors.editor(funder), guide)[0] == {"staff"}

    def test_it_is_marked(self, guide, partner):
        html = actors.editor(partner).get(tree.address(guide)).content.decode()
        assert "Partners only" in html

    def test_an_ended_membership_reads_nothing(self, guide, partner):
        user = actors.person(Role.EDITOR, partner)
        user.memberships.update(valid_until="2020-01-01")
        assert shown(actors.signed_in(user), guide)[0] == set()

    def test_a_membership_that_has_not_begun_reads_nothing(self, guide, partner):
        user = actors.person(Role.EDITOR, partner)
        user.memberships.update(valid_from="2999-01-01")
        assert shown(actors.signed_in(user), guide)[0] == set()


class TestElsewhere:
    def surfaces(self, guide):
        key = guide.translation_key
        return [
            "/en/",
            "/en/browse/",
            f"/en/browse/?q={CANARY}",
            "/en/topics/",
            "/en/partners/",
            "/en/notices/",
            "/en/no-such-page/",
            f"/es/translations/{key}/",
            tree.address(guide.get_parent()),
            tree.address(guide.get_parent().get_parent()),
            "/sitemap.xml",
            "/sitemap-en-1.xml",
            "/robots.txt",
        ]

    def test_it_stands_on_no_other_address(self, guide, client):
        for path in [*self.surfaces(guide), tree.address(guide) + "?size=large"]:
            response = client.get(path)
            content = b"".join(response) if response.streaming else response.content
            assert CANARY.encode() not in content, path

    def test_it_stands_in_no_facts(self, guide):
        for facts in PageFacts.objects.values():
            assert CANARY not in json.dumps(facts, default=str)

    def test_it_is_not_indexed(self, guide):
        page = GuidePage.objects.get(pk=guide.pk)
        field = GuidePage._meta.get_field("body")
        content = json.dumps([str(part) for part in field.get_searchable_content(page.body)])
        assert "for everybody" in content
        assert CANARY not in content
        get_search_backend().add(page)
        entries = json.dumps(list(IndexEntry.objects.values()), default=str)
        assert page.title in entries
        assert CANARY not in entries

    def test_it_is_in_no_api(self, guide):
        page = GuidePage.objects.get(pk=guide.pk)
        shown = page.body.stream_block.get_api_representation(page.body)
        assert CANARY not in json.dumps(shown)

    def test_the_json_ld_knows_nothing_of_it(self, guide, client):
        html = client.get(tree.address(guide)).content.decode()
        assert "application/ld+json" in html
        assert CANARY not in html

    def test_an_editor_of_another_partner_opens_neither_editor_nor_history(self, guide):
        stranger = actors.editor(PartnerFactory())
        revision = guide.latest_revision
        for name, arguments in [
            ("edit", [guide.pk]),
            ("view_draft", [guide.pk]),
            ("preview_on_edit", [guide.pk]),
            ("revisions_view", [guide.pk, revision.pk]),
            ("revisions_revert", [guide.pk, revision.pk]),
            ("revisions_compare", [guide.pk, "earliest", "latest"]),
            ("copy", [guide.pk]),
        ]:
            response = stranger.get(reverse(f"wagtailadmin_pages:{name}", args=arguments))
            assert CANARY not in response.content.decode(errors="replace"), name
            assert response.status_code in (302, 403, 404), name
