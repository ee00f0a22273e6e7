"""Redis that dies, hangs and comes back: it costs a fraction of a second, no error, no old value."""

import time

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from redis import Redis

from content import caching
from content.jobs.errors import DependencyDown
from content.models import Dependency, Job
from hub import outages
from hub.sessions import SessionStore
from hub.settings import databases
from partners.models import Membership
from tests import actors
from tests.factories import tree
from tests.factories.guides import GuidePageFactory
from tests.factories.partners import PartnerFactory
from tests.jobs import drain, waiting
from tests.publishing import publish

pytestmark = pytest.mark.servers
MOST_SECONDS = 0.3
HOME = "/admin/"


@pytest.fixture(autouse=True)
def shared(redis, settings):
    settings.CACHES = {"default": databases.redis_cache(redis.url)}
    cache.set("known", "value")
    assert cache.get("known") == "value"
    return redis


@pytest.fixture
def break_off(redis):
    return {"killed": redis.kill, "hangs": redis.freeze}


def come_back(redis):
    redis.thaw()
    if redis.process.poll() is not None:
        redis.start()


@pytest.fixture
def no_pause(monkeypatch):
    """A failed cache is asked again at once."""
    monkeypatch.setattr(outages, "PAUSE_SECONDS", 0)


def test_integers_count_and_values_come_back(redis):
    values = {"text": "ñ\x00", "none": None, "flag": True, "list": [1, {"a": b"b"}]}
    assert cache.set_many(values) == []
    assert cache.get_many([*values, "missing"]) == values
    cache.set("counter", 1)
    assert cache.incr("counter", 4) == 5
    assert cache.add("counter", 0) is False
    assert cache.get_many([]) == {}


def test_a_value_of_a_class_that_is_gone_is_a_miss(redis):
    Redis.from_url(redis.url).set(cache.make_key("known"), b"cgone.module\nClass\n.")
    assert cache.get("known", "default") == "default"
    assert cache.get_many(["known"]) == {}


@pytest.mark.parametrize("kind", ["killed", "hangs"])
def test_all_operations_together_cost_one_time_out(break_off, kind):
    break_off[kind]()
    started = time.perf_counter()
    assert cache.get("known", "default") == "default"
    cache.set("a", 1)
    assert cache.get_many(["a", "known"]) == {}
    assert cache.add("a", 1) is True
    assert not cache.has_key("a")
    assert cache.touch("a") is False
    assert cache.delete("a") is False
    assert cache.set_many({"a": 1, "b": 2}) == ["a", "b"]
    cache.delete_many(["a", "b"])
    with pytest.raises(caching.CacheAwayError):
        cache.incr("a")
    assert cache.get_or_set("a", lambda: "made") == "made"
    cache.clear()
    assert time.perf_counter() - started < MOST_SECONDS


@pytest.mark.parametrize("kind", ["killed", "hangs"])
def test_those_who_must_know_are_told(break_off, kind, redis):
    break_off[kind]()
    for _again in range(2):
        with pytest.raises(DependencyDown):
            caching.strict().delete("known")
        with pytest.raises(DependencyDown):
            caching.strict().set_many({"a": 1})
    come_back(redis)
    caching.strict().set("a", 2)
    assert caching.strict().get("a") == 2


def test_a_connection_that_died_between_two_requests_costs_nothing(redis):
    redis.kill()
    redis.start()
    cache.set("a", 1)
    assert cache.get("a") == 1


def test_without_a_database_the_order_to_clear_is_dropped(redis):
    """No database is allowed here, as if it were away too."""
    redis.kill()
    cache.set("known", "new")
    assert cache.get("known") is None


@pytest.mark.django_db
class TestPages:
    @pytest.fixture
    def guide(self):
        return GuidePageFactory(parent=tree.section(PartnerFactory()), title="A guide")

    def seconds(self, client, address):
        started = time.perf_counter()
        assert client.get(address).status_code == 200
        return time.perf_counter() - started

    @pytest.mark.parametrize("kind", ["killed", "hangs"])
    def test_a_reader_gets_the_page(self, break_off, redis, guide, client, kind):
        address = tree.address(guide)
        usual = min(self.seconds(client, address) for _ in range(3))
        slowest = []
        for _outage in range(3):
            break_off[kind]()
            slowest.append(max(self.seconds(client, address) for _ in range(3)))
            come_back(redis)
            caching.strict().clear()
        assert min(slowest) - usual < MOST_SECONDS

    @pytest.mark.parametrize("kind", ["killed", "hangs"])
    def test_who_signed_in_stays_signed_in(self, break_off, redis, guide, kind):
        partner = PartnerFactory()
        client = actors.editor(partner)
        assert client.get(HOME).status_code == 200
        break_off[kind]()
        assert client.get(HOME).status_code == 200
        signed_in_meanwhile = actors.editor(partner)
        assert signed_in_meanwhile.get(HOME).status_code == 200
        come_back(redis)
        assert client.get(HOME).status_code == 200
        assert signed_in_meanwhile.get(HOME).status_code == 200

    def test_publishing_goes_on(self, break_off, guide, client):
        break_off["hangs"]()
        guide.title = "New title"
        publish(guide)
        assert b"New title" in client.get(tree.address(guide)).content

    def sign_out_while_it_hangs(self, redis):
        client = actors.signed_in(actors.person(Membership.Role.HUB_ADMIN))
        assert client.get(HOME).status_code == 200
        old = Client()
        old.cookies["sessionid"] = client.cookies["sessionid"].value
        assert old.get(HOME).status_code == 200
        redis.freeze()
        client.post(reverse("wagtailadmin_logout"))
        redis.thaw()
        return old

    def test_who_signed_out_stays_signed_out(self, redis):
        old = self.sign_out_while_it_hangs(redis)
        assert old.get(HOME).status_code == 302

    def test_and_so_when_the_cache_is_asked_again(self, redis, no_pause):
        old = self.sign_out_while_it_hangs(redis)
        assert old.get(HOME).status_code == 302

    def test_another_process_is_served_by_the_job(self, redis):
        """It never noticed the outage and would read the session from the cache."""
        key = f"django.contrib.sessions.cached_db{self.sign_out_while_it_hangs(redis).cookies['sessionid'].value}"
        redis.thaw()
        drain()
        assert caching.strict().get(key) is None


@pytest.mark.django_db(transaction=True)
def test_a_session_read_while_it_was_being_deleted_is_forgotten_too(redis):
    session = SessionStore()
    session["known"] = "value"
    session.save()
    with transaction.atomic():
        SessionStore(session.session_key).delete()
        cache.set(session.cache_key, {"known": "value"})  # by a request that still saw the row
    assert SessionStore(session.session_key).load() == {}


@pytest.mark.django_db
class TestLostWrites:
    def test_many_make_one_job_and_reads_make_none(self, redis, monkeypatch):
        monkeypatch.setattr(outages, "ORDER_SECONDS", 0)
        redis.kill()
        cache.get("known")
        assert waiting(caching.CLEAR) == []
        for number in range(20):
            cache.delete(f"key-{number}")
        assert len(waiting(caching.CLEAR)) == 1

    def test_the_job_waits_for_the_cache_and_empties_it(self, redis):
        redis.freeze()
        cache.set("known", "new")
        assert drain() == 1
        job = Job.objects.get(kind=caching.CLEAR)
        assert (job.state, job.attempts) == (Job.State.WAITING, 0)
        assert Dependency.objects.get().name == "cache"
        redis.thaw()
        Dependency.objects.update(probe_at=job.created)
        drain()
        assert Job.objects.get(kind=caching.CLEAR).state == Job.State.DONE
        assert caching.strict().get("known") is None

    def test_this_process_empties_it_before_it_reads_again(self, redis, no_pause):
        redis.freeze()
        cache.set("known", "new")
        redis.thaw()
        assert cache.get("known") is None
        cache.set("known", "newer")
        assert cache.get("known") == "newer"

    def test_a_broken_transaction_is_left_as_it_is(self, redis):
        redis.kill()
        connection.needs_rollback = True
        cache.delete("known")
        connection.needs_rollback = False
        assert waiting(caching.CLEAR) == []
