"""Celery as the second runner of the job table; imported only where ``HUB_BROKER_URL`` is set.

Messages carry the number of a row and may be lost, doubled or late: the row decides. So there is no
result backend and no retry of Celery's own.

    celery -A hub.celery worker --queues publish
    celery -A hub.celery worker --queues bulk
    celery -A hub.celery beat
"""

import os
import threading
import time
from typing import TYPE_CHECKING, Any

import redis
import structlog
from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init
from django.conf import settings
from django.db import close_old_connections
from kombu.exceptions import OperationalError

from hub.backup import unfinished_restore

if TYPE_CHECKING:
    from kombu import Producer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings.production")

SWEEP_SECONDS = 5.0
# A sweep that finds much to do leaves room for the messages behind it.
SWEEP_BUDGET_SECONDS = 20.0
# Publishing a wake-up may cost a request this much, and nothing for a while after a failure.
PATIENCE = {"socket_timeout": 0.25, "socket_connect_timeout": 0.25, "max_retries": 0}
SILENCE_SECONDS = 30.0

logger = structlog.get_logger("hub.celery")

app = Celery("hub")
app.conf.update(
    broker_url=settings.HUB_BROKER_URL,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"visibility_timeout": 60, "socket_keepalive": True},
    result_backend=None,
    task_ignore_result=True,
    task_publish_retry=False,
    task_default_queue="publish",
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    timezone="UTC",
    beat_schedule_filename=str(settings.DATA_DIR / "celerybeat-schedule"),
    beat_schedule={
        "timetable": {
            "task": "hub.timetable",
            "schedule": SWEEP_SECONDS,
            "options": {"queue": "publish", "expires": SWEEP_SECONDS},
        },
        "sweep-publish": {
            "task": "hub.sweep",
            "schedule": SWEEP_SECONDS,
            "args": ["publish"],
            "options": {"queue": "publish", "expires": SWEEP_SECONDS},
        },
        "sweep-bulk": {
            "task": "hub.sweep",
            "schedule": SWEEP_SECONDS,
            "args": ["bulk"],
            "options": {"queue": "bulk", "expires": SWEEP_SECONDS},
        },
    },
)


@setup_logging.connect
def _keep_our_logging(**kwargs: Any) -> None:
    """Django has set up logging; Celery would replace it."""


@worker_init.connect
@beat_init.connect
def _refuse_half_a_hub(**kwargs: Any) -> None:
    """Celery only prints what Django's system checks find."""
    if told := unfinished_restore():
        raise SystemExit(f"This instance is unusable: {told} has not come to its end.")


@app.task(name="hub.deliver")
def deliver(job_id: int) -> None:
    """Run one job, woken right after the commit that wrote it."""
    from content.jobs import runner

    close_old_connections()
    runner.run_job(job_id)


@app.task(name="hub.sweep")
def sweep(queue: str) -> None:
    """Run due jobs whose wake-up was lost, that wait for another attempt or whose runner died."""
    from content.jobs import runner, signs

    close_old_connections()
    signs.show_life("celery", [queue])
    end = time.monotonic() + SWEEP_BUDGET_SECONDS
    while time.monotonic() < end and runner.run_next([queue]):
        pass


@app.task(name="hub.timetable")
def timetable() -> None:
    """Write the rows of timed work; beat's tick arriving is beat's sign of life."""
    from content.jobs import signs
    from content.jobs import timetable as jobs

    close_old_connections()
    signs.show_life("beat", name="beat")
    jobs.write_due()


class CeleryWaker:
    """Sends wake-ups and gives up at once when the broker does not answer: sweeps find the row.

    One line to the broker is kept for each process: opening one costs more than the rest of a wake-up.
    """

    def __init__(self) -> None:
        self.silent_until = 0.0
        self._lock = threading.Lock()
        self._producer: Producer | None = None
        self._pid = 0

    def __call__(self, job_id: int, queue: str) -> None:
        with self._lock:
            if time.monotonic() < self.silent_until:
                return
            try:
                self._send(job_id, queue)
            except Exception:  # noqa: BLE001  no failure of the broker may reach who saved
                self._producer = None
                self.silent_until = time.monotonic() + SILENCE_SECONDS
                logger.warning("broker does not answer; sweeps find the jobs", job_id=job_id)

    def _send(self, job_id: int, queue: str) -> None:
        is_kept = self._producer is not None and self._pid == os.getpid()
        if not is_kept:
            self._open()
        try:
            self._publish(job_id, queue)
        except OperationalError as error:
            # A broker that was started again since has closed the kept line; one that hangs costs
            # its time-out, and not twice.
            if not is_kept or isinstance(error.__cause__, redis.TimeoutError):
                raise
            self._open()
            self._publish(job_id, queue)

    def _open(self) -> None:
        """Open a line; a parent's is left alone, for the parent still uses it."""
        if self._producer is not None and self._pid == os.getpid():
            self._producer.connection.release()
        self._pid = os.getpid()
        self._producer = app.connection_for_write(transport_options=PATIENCE).Producer()

    def _publish(self, job_id: int, queue: str) -> None:
        deliver.apply_async(
            (job_id,), queue=queue, producer=self._producer, retry=False, expires=60
        )
