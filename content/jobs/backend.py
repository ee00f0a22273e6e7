"""Wagtail's own background work (search index, references, purges, files) as rows of the job table."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus
from django_tasks.utils import normalize_json

from content.jobs.services import enqueue

# These talk to other servers or to files: no transaction stays open while they do.
OUTSIDE = frozenset(
    {
        "wagtail.contrib.frontend_cache.tasks.purge_urls_from_cache_task",
        "wagtail.tasks.delete_file_from_storage_task",
    }
)


class JobTaskBackend(BaseTaskBackend):
    """Writes a task as a job. Wagtail imports ``django_tasks`` on every Django, so do we."""

    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        self.validate_task(task)
        path = task.module_path
        arguments, named = normalize_json(list(args)), normalize_json(kwargs)
        kind = "content.task_outside" if path in OUTSIDE else "content.task"
        job_id = enqueue(kind, {"path": path, "args": arguments, "kwargs": named})
        return TaskResult(
            task=task,
            id=str(job_id),
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


def call_task(path: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Call a task by its import path. An object that is gone needs no work any more."""
    task = import_string(path)
    try:
        task.call(*args, **kwargs)
    except ObjectDoesNotExist:
        return
