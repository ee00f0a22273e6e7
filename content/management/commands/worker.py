"""``manage.py worker``: runs jobs and writes the timed ones. Needs no broker."""

import os
import signal
import time
from argparse import ArgumentParser
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import Error as DatabaseFailure
from django.db import close_old_connections, connections, transaction

from content.jobs import registry, runner, signs, timetable

POLL_SECONDS = 1.0
LIFE_SECONDS = 5.0
TIMETABLE_SECONDS = 5.0

logger = structlog.get_logger("content.jobs")


class Command(BaseCommand):
    help = (
        "Run the jobs of the table until stopped. Several workers may run at once, on one machine or "
        "on several that share a PostgreSQL."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--queue",
            action="append",
            choices=registry.QUEUES,
            help="only this queue; may be given twice (default: publish first, then bulk)",
        )
        parser.add_argument(
            "--drain", action="store_true", help="stop when nothing is due any more"
        )
        parser.add_argument(
            "--with-parent",
            action="store_true",
            help="stop when the process that started this one has ended",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        queues = options["queue"] or list(registry.QUEUES)
        if options["drain"]:
            timetable.write_due()
            while runner.run_next(queues):
                pass
            return
        Loop(queues, os.getppid() if options["with_parent"] else None).run()


class Loop:
    """Polls until SIGTERM or SIGINT; the job at hand is finished first."""

    def __init__(self, queues: list[str], parent: int | None) -> None:
        self.queues, self.parent = queues, parent
        self.stopping = False
        self.next_life = self.next_timetable = 0.0

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        logger.info("worker starts", queues=self.queues)
        while not self._should_stop():
            try:
                busy = self._turn()
            except DatabaseFailure as error:
                # The database is down or restarting. Leases run out by themselves.
                logger.error("database failure", error=str(error).strip())
                connections.close_all()
                busy = False
            if not busy and not self._should_stop():
                time.sleep(POLL_SECONDS)
        self._leave()

    def _turn(self) -> bool:
        close_old_connections()
        now = time.monotonic()
        if now >= self.next_life:
            signs.show_life("worker", self.queues)
            self.next_life = now + LIFE_SECONDS
        if now >= self.next_timetable:
            timetable.write_due()
            self.next_timetable = now + TIMETABLE_SECONDS
        return runner.run_next(self.queues)

    def _should_stop(self) -> bool:
        return self.stopping or (self.parent is not None and os.getppid() != self.parent)

    def _stop(self, number: int, frame: Any) -> None:
        self.stopping = True

    def _leave(self) -> None:
        try:
            with transaction.atomic():
                signs.leave("worker")
        except DatabaseFailure:
            logger.warning("worker stops without a word: no database")
        logger.info("worker stops")
