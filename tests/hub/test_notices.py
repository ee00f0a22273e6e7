"""A notice stands first where it concerns, and begins and ends by itself."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from lxml.html import fromstring
from wagtail.models import PageViewRestriction

from content.models import PageFacts
from partners.models import NoticeConcern
from tests.factories import tree
from tests.factories.guides import GuidePageFactory
from tests.factories.partners import JurisdictionFactory, NoticePageFactory, PartnerFactory
from tests.publishing import publish

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 5, 4, 9, tzinfo=dt.UTC)
END = dt.datetime(2026, 5, 4, 17, tzinfo=dt.UTC)


def notes(client, path):
    """(title, element) of the notices at the top of a page."""
    html = fromstring(client.get(path).content)
    return {
        " ".join(note.xpath("./p[1]")[0].text_content().split()): note
        for note in html.xpath("//main//*[@role='note']")
    }


def notice(title="Closed", parent=None, **more):
    more = {"everywhere": False, "starts": START, "ends": END, **more}
    return NoticePageFactory(parent=parent or tree.home(), title=title, **more)


class TestTime:
    @pytest.mark.parametrize(
        ("moment", "shown"),
        [
            ("2026-05-04T08:59:59Z", False),
            ("2026-05-04T09:00:00Z", True),
            ("2026-05-04T16:59:59Z", True),
            ("2026-05-04T17:00:00Z", False),
            ("2026-05-05T12:00:00Z", False),
        ],
    )
    def test_it_begins_and_ends_by_itself(self, client, moment, shown):
        with time_machine.travel("2026-05-01T00:00:00Z", tick=False):
            notice(everywhere=True)
        with time_machine.travel(moment, tick=False):
            assert bool(notes(client, "/en/")) == shown
            assert ("Closed" in client.get("/en/notices/").content.decode()) == shown

    @pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Tokyo"])
    def test_the_zone_in_which_it_was_written_makes_no_difference(self, client, zone):
        local = ZoneInfo(zone)
        notice(everywhere=True, starts=START.astimezone(local), ends=END.astimezone(local))
        for moment, shown in [("08:30", False), ("09:30", True), ("16:30", True), ("17:30", False)]:
            with time_machine.travel(f"2026-05-04T{moment}:00Z", tick=False):
                assert bool(notes(client, "/en/")) == shown, moment
                assert ("Closed" in client.get("/en/notices/").content.decode()) == shown

    def test_the_end_comes_after_the_start(self):
        from django.core.exceptions import ValidationError

        with pytest.raises(ValidationError):
            notice(starts=END, ends=START)


@pytest.fixture
def now():
    with time_machine.travel("2026-05-04T12:00:00Z", tick=False):
        yield


@pytest.mark.usefixtures("now")
class TestPlace:
    @pytest.fixture
    def partner(self):
        return PartnerFactory()

    @pytest.fixture
    def guide(self, partner):
        return GuidePageFactory(parent=tree.section(partner), owner_partner=partner)

    @pytest.fixture
    def other(self):
        return GuidePageFactory(parent=tree.section(), title="Other")

    def where(self, client, *pages):
        return [bool(notes(client, tree.address(page))) for page in pages]

    def test_everywhere(self, client, guide, other):
        notice(everywhere=True)
        assert self.where(client, guide, other) == [True, True]
        for path in ("/en/", "/en/browse/", "/en/topics/", "/en/partners/", "/en/nowhere/"):
            assert notes(client, path), path

    def test_on_all_pages_of_a_partner(self, client, guide, other, partner):
        notice(partner=partner)
        section = guide.get_parent().get_parent()
        assert self.where(client, guide, section, other) == [True, True, False]
        assert not notes(client, "/en/")

    def test_on_pages_of_an_area(self, client, guide, other):
        area = JurisdictionFactory()
        guide.jurisdictions = [area]
        publish(guide)
        closed = notice()
        closed.jurisdictions = [area]
        publish(closed)
        assert self.where(client, guide, other) == [True, False]

    def test_on_pages_that_it_names_in_every_language(self, client, guide, other, partner):
        closed = notice()
        closed.concerns = [NoticeConcern(page=guide)]
        publish(closed)
        spanish = tree.translated(guide, "es", tree.section(partner, code="es"))
        assert self.where(client, guide, other, spanish) == [True, False, True]

    def test_not_on_its_own_page(self, client):
        closed = notice(everywhere=True)
        assert not notes(client, tree.address(closed))

    def test_a_draft_or_private_notice_is_shown_nowhere(self, client, guide):
        notice(everywhere=True, published=False)
        private = notice("Private", everywhere=True)
        PageViewRestriction.objects.create(page=private, restriction_type="login")
        assert not notes(client, tree.address(guide))

    def test_it_stands_before_the_content(self, client, guide):
        notice(everywhere=True)
        main = fromstring(client.get(tree.address(guide)).content).get_element_by_id("main")
        texts = [element for element in main.iter() if (element.text or "").strip()]
        assert texts[0].text.strip() == "Closed"

    def test_the_most_urgent_comes_first(self, client):
        for severity in ("info", "critical", "warning"):
            notice(severity, everywhere=True, severity=severity)
        assert list(notes(client, "/en/")) == ["critical", "warning", "info"]


@pytest.mark.usefixtures("now")
class TestLanguage:
    @pytest.fixture
    def closed(self):
        closed = notice("Office closed", everywhere=True)
        tree.translated(
            closed, "es", tree.home("es"), title="Oficina cerrada", text="<p>Cerrado.</p>",
            everywhere=True, starts=START, ends=END,
        )  # fmt: skip
        return closed

    def test_it_stands_in_the_readers_language(self, client, closed):
        assert list(notes(client, "/en/")) == ["Office closed"]
        assert list(notes(client, "/es/")) == ["Oficina cerrada"]
        assert notes(client, "/es/")["Oficina cerrada"].get("lang") is None

    def test_else_in_the_default_language_marked(self, client, closed):
        tree.home("ar")
        (note,) = notes(client, "/ar/").values()
        assert (note.get("lang"), note.get("dir")) == ("en", "ltr")

    def test_else_in_its_own_language_marked(self, client):
        tree.home()
        NoticePageFactory(
            parent=tree.home("es"), locale=tree.home("es").locale, title="Cerrado", starts=START,
            ends=END,
        )  # fmt: skip
        (note,) = notes(client, "/en/").values()
        assert (note.get("lang"), note.get("dir")) == ("es", "ltr")


def test_the_form_of_the_admin_publishes_a_notice(client, settings):
    from django.urls import reverse
    from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

    from partners.models import NoticePage
    from tests import actors
    from tests.editorial.reviews import finish_review
    from tests.jobs import drain

    settings.TIME_ZONE = "America/New_York"
    data = nested_form_data(
        {
            "title": "By form",
            "slug": "by-form",
            "summary": "",
            "severity": "warning",
            "starts": "2026-05-04 05:00",
            "ends": "2026-05-04 13:00",
            "text": rich_text("<p>Closed</p>"),
            "everywhere": "on",
            "tags": "",
            "concerns": inline_formset([]),
            "comments": inline_formset([]),
            "action-submit": "Submit",
        }
    )
    url = reverse("wagtailadmin_pages:add", args=("partners", "noticepage", tree.home().pk))
    author = actors.person("hub_admin")
    actors.signed_in(author).post(url, data)
    drain()
    finish_review(NoticePage.objects.get(title="By form"))
    row = PageFacts.objects.get(kind="notice")
    assert row.data["starts"] == START.isoformat()
    assert row.data["ends"] == END.isoformat()
