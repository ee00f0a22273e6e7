"""Limits: exact, shared by processes, not passed by forged headers, kept while the cache is away."""

import subprocess
import sys
import uuid

import pytest
from django.test import RequestFactory
from wagtail.models import CollectionViewRestriction, PageViewRestriction

from content import limits
from content.limits import Allowance, allow, client_address, visitor
from hub import outages
from hub.settings import databases
from tests.factories import tree
from tests.factories.guides import GuidePageFactory
from tests.tools import ROOT

TRY = """
import django; django.setup()
from content.limits import allow
print(sum(allow("shared", "somebody", 50, 3600).ok for _ in range(40)))
"""


class Clock:
    def __init__(self):
        self.now = 1_800_000_000.0

    def time(self):
        return self.now


@pytest.fixture(autouse=True)
def embedded(tmp_path, settings):
    settings.CACHES = {"default": databases.embedded_cache(tmp_path)}
    limits._local.clear()
    return tmp_path


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(limits, "time", clock)
    return clock


def tries(number, who="somebody", limit=5, seconds=60):
    return [allow("test", who, limit, seconds).ok for _ in range(number)]


def request(address="203.0.113.5", forwarded=None):
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded is not None else {}
    return RequestFactory().post("/", REMOTE_ADDR=address, **headers)


class TestCounting:
    def test_so_many_and_no_more(self, clock):
        assert tries(8) == [True] * 5 + [False] * 3

    def test_each_visitor_and_each_form_has_an_own_count(self, clock):
        tries(5)
        assert tries(1) == [False]
        assert tries(1, who="another") == [True]
        assert allow("other form", "somebody", 5, 60).ok

    def test_after_the_time_it_says_it_is_allowed_again(self, clock):
        tries(5)
        refused = allow("test", "somebody", 5, 60)
        assert not refused.ok
        assert 1 <= refused.retry_after <= 60
        clock.now += refused.retry_after - 1.001
        assert tries(1) == [False]
        clock.now += 1.001
        assert tries(6) == [True] * 5 + [False]

    def test_allowed_says_nothing_of_waiting(self, clock):
        assert allow("test", "somebody", 5, 60) == Allowance(ok=True, retry_after=0)

    def test_two_processes_share_a_count(self, embedded):
        variables = {"HUB_DATA_DIR": str(embedded), "DJANGO_SETTINGS_MODULE": "hub.settings.dev"}
        running = [
            subprocess.Popen(
                [sys.executable, "-c", TRY], cwd=ROOT, env=variables, stdout=subprocess.PIPE
            )
            for _ in range(2)
        ]
        assert sum(int(process.communicate()[0].split()[-1]) for process in running) == 50


class TestAway:
    def test_each_process_counts_for_itself(self, redis, settings, clock, monkeypatch):
        settings.CACHES = {"default": databases.redis_cache(redis.url)}
        monkeypatch.setattr(outages, "PAUSE_SECONDS", 0)
        assert tries(2) == [True] * 2
        redis.kill()
        assert tries(8) == [True] * 5 + [False] * 3
        redis.start()
        assert tries(6) == [True] * 5 + [False]

    def test_the_local_counters_do_not_grow_for_ever(self, redis, settings, clock, monkeypatch):
        settings.CACHES = {"default": databases.redis_cache(redis.url)}
        monkeypatch.setattr(limits, "MOST_LOCAL_COUNTERS", 50)
        redis.kill()
        for number in range(200):
            tries(1, who=str(number))
        assert len(limits._local) <= 50


class TestAddress:
    @pytest.mark.parametrize(
        ("proxies", "forwarded", "expected"),
        [
            (0, None, "203.0.113.5"),
            (0, "198.51.100.1", "203.0.113.5"),
            (1, "198.51.100.1", "198.51.100.1"),
            (1, "192.0.2.66, 198.51.100.1", "198.51.100.1"),
            (2, "192.0.2.66, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
            (2, "198.51.100.1", "198.51.100.1"),
            (1, None, "203.0.113.5"),
            (1, "", "203.0.113.5"),
            (1, "198.51.100.1:4711", "198.51.100.1"),
            (1, "[2001:db8:1:2:3::4]:4711", "2001:db8:1:2::/64"),
            (1, "::ffff:198.51.100.1", "198.51.100.1"),
            (1, "unknown", "unknown"),
        ],
    )
    def test_only_trusted_proxies_are_believed(self, settings, proxies, forwarded, expected):
        settings.HUB_PROXIES = proxies
        assert client_address(request(forwarded=forwarded)) == expected

    def test_a_network_of_ipv6_is_one_visitor(self):
        first, second, third = (
            visitor(request(f"2001:db8:0:{net}::{host}")) for net, host in ((1, 1), (1, 2), (2, 1))
        )
        assert first == second != third

    def test_nothing_stored_holds_the_address(self, embedded):
        allow("test", visitor(request()), 5, 60)
        stored = b"".join(path.read_bytes() for path in embedded.iterdir())
        assert b"limit:" in stored
        assert b"203.0.113.5" not in stored
        assert visitor(request()) not in stored.decode("latin-1")

    def test_the_name_of_a_visitor_changes_with_day_and_key(self, settings, monkeypatch):
        today = visitor(request())
        with monkeypatch.context() as patch:
            from django.utils import timezone

            tomorrow = timezone.now() + timezone.timedelta(days=1)
            patch.setattr(limits.timezone, "now", lambda: tomorrow)
            assert visitor(request()) != today
        settings.SECRET_KEY = "another key"
        assert visitor(request()) != today


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
class TestForms:
    @pytest.fixture
    def guide(self):
        section = tree.section(code="es")
        return GuidePageFactory(parent=section, locale=section.locale)

    def refused(self, client, address, data, limit, **headers):
        """Post one more than the limit; every answer before the last is the view's own."""
        answers = [client.post(address, data, **headers) for _ in range(limit + 1)]
        assert 429 not in {answer.status_code for answer in answers[:-1]}
        assert answers[-1].status_code == 429
        return answers[-1]

    def test_a_self_check(self, client, guide):
        address = f"/es/check/{guide.pk}/{uuid.uuid4()}/"
        answer = self.refused(client, address, {}, 60)
        assert 1 <= int(answer["Retry-After"]) <= 60
        assert "no-store" in answer["Cache-Control"]
        assert '<html lang="es"' in answer.content.decode()
        assert client.get(address).status_code != 429

    def test_a_forged_header_does_not_help(self, client, guide):
        address = f"/es/check/{guide.pk}/{uuid.uuid4()}/"
        self.refused(client, address, {}, 60)
        forged = client.post(address, {}, headers={"X-Forwarded-For": "192.0.2.77"})
        assert forged.status_code == 429
        assert client.post(address, {}, REMOTE_ADDR="192.0.2.77").status_code != 429

    def test_the_password_of_a_page(self, client, guide):
        address = tree.address(guide)
        PageViewRestriction.objects.create(
            page=guide, restriction_type=PageViewRestriction.PASSWORD, password="open sesame"
        )
        action = client.get(address).context_data["action_url"]
        wrong = {"password": "wrong", "return_url": address}
        answer = self.refused(client, action, wrong, 10)
        assert int(answer["Retry-After"]) <= 15 * 60
        assert guide.title not in answer.content.decode()
        right = {"password": "open sesame", "return_url": address}
        assert client.post(action, right).status_code == 429

    def test_the_password_of_documents(self, client):
        tree.home()
        from wagtail.models import Collection

        restriction = CollectionViewRestriction.objects.create(
            collection=Collection.get_first_root_node(),
            restriction_type=CollectionViewRestriction.PASSWORD,
            password="open sesame",
        )
        address = f"/documents/authenticate_with_password/{restriction.pk}/"
        self.refused(client, address, {"password": "wrong", "return_url": "/"}, 10)
