"""Work that happens later: rows written in the transaction of the change that asks for it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """One piece of work. The row is the truth; runners and brokers only carry its number."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        DEAD = "dead", _("dead letter")

    kind = models.CharField(max_length=100)
    payload = models.JSONField(default=dict)
    key = models.CharField(max_length=64, help_text="SHA-256 of kind and payload")
    queue = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    run_after = models.DateTimeField(default=timezone.now)
    locked_until = models.DateTimeField(null=True)
    token = models.UUIDField(null=True)
    needs = models.CharField(max_length=30, blank=True)
    error = models.TextField(blank=True)
    batch = models.CharField(max_length=64, blank=True)
    once = models.CharField(max_length=200, unique=True, null=True)  # noqa: DJ001  no name: not unique
    request_id = models.CharField(max_length=64, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created = models.DateTimeField(default=timezone.now)
    finished = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["queue", "state", "run_after"], name="job_due"),
            models.Index(fields=["state", "finished"], name="job_finished"),
            models.Index(
                fields=["batch", "state"], name="job_batch", condition=~models.Q(batch="")
            ),
        ]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Dependency(models.Model):
    """A server that does not answer; the row goes with the first success."""

    name = models.CharField(max_length=30, primary_key=True)
    down_since = models.DateTimeField(default=timezone.now)
    probe_at = models.DateTimeField()
    error = models.TextField(blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class Runner(models.Model):
    """A sign of life of a process that runs jobs or writes the timed ones."""

    class Kind(models.TextChoices):
        WORKER = "worker", _("worker")
        CELERY = "celery", _("Celery worker")
        BEAT = "beat", _("Celery beat")

    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    queues = models.CharField(max_length=50, blank=True)
    version = models.CharField(max_length=40, blank=True)
    started = models.DateTimeField(default=timezone.now)
    seen = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class Milestone(models.Model):
    """When something last happened to this installation: backup, check of the tree, clean-up."""

    name = models.CharField(max_length=50, primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    data = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class OutgoingMail(models.Model):
    """A mail on its way: written with the change that causes it, sent by a job, then emptied."""

    recipients = models.TextField(help_text="Addresses of the envelope, one in a line")
    sender = models.CharField(max_length=320)
    subject = models.CharField(max_length=998)
    message = models.BinaryField(help_text="The whole message (RFC 5322); empty once sent")
    created = models.DateTimeField(default=timezone.now, db_index=True)
    sent = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.subject
