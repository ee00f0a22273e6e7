"""Caches in front of the hub are told which addresses have changed, until they have heard it."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import streamfield

from content.jobs.errors import PermanentError
from content.models import Dependency, Job
from content.pagecache import front, purge
from guides.models import GuidePage
from tests import actors, forms
from tests.editorial.reviews import finish_review
from tests.factories import tree
from tests.factories.guides import GuidePageFactory
from tests.factories.hub import InfoPageFactory
from tests.factories.partners import PartnerFactory
from tests.jobs import drain, waiting
from tests.kept import settle
from tests.publishing import publish, take_down

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept"), pytest.mark.enable_socket]


class Varnish(ThreadingHTTPServer):
    """Writes down what it is asked to purge."""

    def __init__(self):
        self.status, self.purged, self.hosts = 200, [], set()
        super().__init__(("127.0.0.1", 0), Answer)

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PURGE(self):
        self.server.purged.append(self.path)
        self.server.hosts.add(self.headers["Host"])
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def varnish(settings):
    with Varnish() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.WAGTAILFRONTENDCACHE = {
            "default": {
                "BACKEND": "content.pagecache.front.FrontCache",
                "LOCATION": server.address,
            }
        }
        settings.HUB_BASE_URL = "https://hub.example.org"
        yield server
        server.shutdown()


@pytest.fixture
def partner():
    return PartnerFactory(slug="city")


@pytest.fixture
def guide(partner):
    return GuidePageFactory(parent=tree.section(partner), slug="rent")


def purged(server):
    found = set(server.purged)
    server.purged.clear()
    return found


def test_a_publication_in_the_admin_purges_the_page_and_what_names_it(varnish, guide, partner):
    settle()
    varnish.purged.clear()
    tree.home("es")
    spanish = tree.translated(guide, "es", tree.section(partner, code="es"))
    settle()
    key = guide.translation_key
    assert {
        tree.address(spanish),
        tree.address(guide),
        "/es/city/guides/",
        "/es/city/",
        "/es/",
        "/en/city/guides/",
        "/es/browse/",
        "/es/topics/",
        f"/ar/translations/{key}/",
        "/sitemap.xml",
        "/sitemap-es-1.xml",
    } <= purged(varnish)
    assert varnish.hosts == {"hub.example.org"}

    author = actors.person("editor", guide.get_parent().specific.get_parent().specific.partner)
    editor = actors.signed_in(author)
    url = reverse("wagtailadmin_pages:add", args=["guides", "guidepage", guide.get_parent().pk])
    form = forms.guide_form(body=streamfield([]), summary="New.", **{"action-submit": "1"})
    editor.post(url, form)
    finish_review(GuidePage.objects.get(title="By form"))
    settle()
    made = tree.address(GuidePage.objects.get(title="By form"))
    assert {made, "/en/city/guides/", "/en/", "/en/browse/"} <= purged(varnish)


def test_a_page_that_moves_or_goes_is_purged_where_it_was(varnish, guide):
    old = tree.address(guide)
    settle()
    varnish.purged.clear()
    guide.move(tree.section(PartnerFactory()), pos="last-child")
    settle()
    assert {old, tree.address(guide)} <= purged(varnish)
    new = tree.address(guide)
    guide.refresh_from_db()
    take_down(guide)
    settle()
    assert new in purged(varnish)


def test_what_every_page_shows_purges_every_page(varnish, guide, monkeypatch):
    monkeypatch.setattr(front, "PATHS_IN_JOB", 3)
    settle()
    varnish.purged.clear()
    info = InfoPageFactory(parent=tree.home(), purpose="about")
    settle()
    assert {tree.address(guide), tree.address(info), "/en/partners/", "/en/"} <= purged(varnish)


def test_addresses_beyond_ascii_are_sent_as_browsers_do(varnish, partner):
    page = GuidePageFactory(parent=tree.section(partner, code="ar"), slug="إيجار")
    settle()
    assert page.slug
    assert all(path.isascii() for path in purged(varnish))


@pytest.mark.parametrize("failure", ["away", "status 503"])
def test_one_that_does_not_answer_is_waited_for(varnish, guide, failure):
    settle()
    varnish.purged.clear()
    publish(guide)
    if failure == "away":
        varnish.shutdown()
        varnish.server_close()
    else:
        varnish.status = 503
    drain()
    (job,) = waiting(front.KIND)
    assert (job.attempts, job.needs) == (0, "front cache")
    assert Dependency.objects.filter(name="front cache").exists()
    assert not waiting(purge.KIND), "the hub's own cache does not wait"
    if failure == "away":
        return
    varnish.status = 200
    Job.objects.update(run_after=job.created)
    Dependency.objects.update(probe_at=job.created)
    varnish.purged.clear()
    drain()
    assert tree.address(guide) in purged(varnish)
    assert not Dependency.objects.exists()


def test_one_that_refuses_is_a_dead_letter_with_a_reason(varnish, guide):
    settle()
    varnish.status = 405
    with pytest.raises(PermanentError):
        front.purge_paths(["/en/"])
    publish(guide)
    drain()
    assert Job.objects.filter(kind=front.KIND, state=Job.State.DEAD, error__contains="PURGE")


def test_nothing_to_purge_is_no_failure(varnish, guide):
    varnish.status = 404
    front.purge_paths(["/en/"])


def test_without_one_no_job_is_written(guide):
    settle()
    publish(guide)
    drain()
    assert not Job.objects.filter(kind=front.KIND).exists()
