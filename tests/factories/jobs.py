"""Rows of the job table in any state, without anybody having run them."""

from django.utils import timezone

from content.jobs.services import job_key
from content.models import Job


def job(kind="tests.nothing", payload=None, **values):
    payload = payload or {}
    values.setdefault("queue", "publish")
    return Job.objects.create(kind=kind, payload=payload, key=job_key(kind, payload), **values)


def dead_letter(kind="tests.nothing", payload=None, **values):
    values.setdefault("finished", timezone.now())
    values.setdefault("error", "Traceback (most recent call last):\nRuntimeError: it broke")
    return job(kind, payload, state=Job.State.DEAD, attempts=8, **values)
