"""Celery runs the same rows: woken after the commit, swept when the message is lost."""

import os
import subprocess
import sys
import time

import pytest
import redis
from django.db import transaction

from content.jobs import services
from content.jobs.services import enqueue
from content.models import Job, Topic
from tests.jobs import drain
from tests.servers import redis_server
from tests.tools import ROOT, server_binary

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def broker():
    server_binary("redis-server", "redis-server")
    with redis_server("broker") as server:
        yield server


@pytest.fixture
def waker(broker, settings):
    """This process as a web process with a broker has it."""
    redis.Redis(unix_socket_path=str(broker.socket)).flushall()
    settings.HUB_BROKER_URL = f"redis+socket://{broker.socket}"
    sys.modules.pop("hub.celery", None)
    from hub import celery

    waker = celery.CeleryWaker()
    services.set_waker(waker)
    yield waker
    services.set_waker(None)
    sys.modules.pop("hub.celery", None)


def messages(broker, queue="publish"):
    return redis.Redis(unix_socket_path=str(broker.socket)).llen(queue)


def test_a_commit_sends_a_message_into_the_queue_of_the_job(broker, waker):
    with transaction.atomic():
        enqueue("content.publish_scheduled")
        assert messages(broker) == 0
    assert messages(broker) == 1
    enqueue("content.clean_up")
    assert messages(broker, "bulk") == 1


@pytest.mark.parametrize("harm", ["kill", "freeze"])
def test_a_broker_that_is_down_or_hangs_costs_little_and_loses_nothing(broker, waker, harm):
    getattr(broker, harm)()
    try:
        durations = []
        for _number in range(3):
            started = time.monotonic()
            with transaction.atomic():
                Topic.objects.create(slug=f"t{_number}")
                enqueue("content.publish_scheduled")
            durations.append(time.monotonic() - started)
        assert durations[0] < 0.6
        assert max(durations[1:]) < 0.25, "it is not asked again for a while"
    finally:
        broker.thaw() if harm == "freeze" else broker.start()
    assert Job.objects.filter(kind="content.publish_scheduled", state="waiting").count() == 3
    drain()
    assert not Job.objects.exclude(state="done").exists()


def test_a_broker_that_was_started_again_is_found_again_at_once(broker, waker):
    enqueue("content.publish_scheduled")
    broker.kill()
    broker.start()
    before = messages(broker)
    enqueue("content.publish_scheduled")
    assert messages(broker) == before + 1


def test_a_wake_up_opens_no_line_of_its_own(broker, waker):
    enqueue("content.publish_scheduled")
    lines = redis.Redis(unix_socket_path=str(broker.socket)).info("stats")
    for _number in range(5):
        enqueue("content.publish_scheduled")
    later = redis.Redis(unix_socket_path=str(broker.socket)).info("stats")
    opened = later["total_connections_received"] - lines["total_connections_received"]
    assert opened == 1, "the one of this test's second question"


def test_celery_is_not_imported_without_a_broker():
    code = "import django; django.setup(); import sys; sys.exit('celery' in sys.modules)"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "hub.settings.test"}
    environment.pop("HUB_BROKER_URL", None)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment)
    assert done.returncode == 0
