"""Runs Wagtail's own background tasks until a job table takes them over.

Wagtail enqueues from inside the transaction that changes the row. A task that starts before the
commit reads the old state, so each one waits for the commit; a failure is logged and never reaches
the person who saved.
"""

import logging
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus
from django_tasks.utils import normalize_json

logger = logging.getLogger(__name__)


class AfterCommitBackend(BaseTaskBackend):
    """Calls the task right after the commit of the transaction that enqueued it."""

    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        self.validate_task(task)
        arguments, named = normalize_json(list(args)), normalize_json(kwargs)
        transaction.on_commit(lambda: self._run(task, arguments, named), robust=True)
        return TaskResult(
            task=task,
            id=get_random_string(32),
            status=TaskResultStatus.READY,
            enqueued_at=timezone.now(),
            started_at=None,
            finished_at=None,
            last_attempted_at=None,
            args=arguments,
            kwargs=named,
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )

    def _run(self, task: Task, args: list, kwargs: dict) -> None:
        try:
            task.call(*args, **kwargs)
        except ObjectDoesNotExist:
            logger.info("Task %s: its object is gone", task.module_path)
        except Exception:
            logger.exception("Task %s failed with %s %s", task.module_path, args, kwargs)
