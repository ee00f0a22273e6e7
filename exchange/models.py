"""What was imported, when, who approved it, and which revision each document became."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportRun(models.Model):
    """One run of an import. Rows are written by the import only."""

    started = models.DateTimeField(_("started"), auto_now_add=True)
    finished = models.DateTimeField(_("finished"), null=True)
    source = models.CharField(_("source"), max_length=255)
    publish = models.BooleanField(_("published"), default=False)
    overwrite = models.BooleanField(_("overwrote local changes"), default=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("approved by"),
    )
    # Outlives the account.
    approver_key = models.UUIDField(null=True, editable=False)
    reason = models.TextField(_("reason"), blank=True)
    counts = models.JSONField(_("counts"), default=dict)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-started", "-pk"]

    def __str__(self) -> str:
        return f"{self.source} · {self.started:%Y-%m-%d %H:%M}"

    @property
    def batch(self) -> str:
        """Name under which this run's jobs are counted."""
        return f"import-{self.pk}"


class ImportItem(models.Model):
    """What one document of a run became. The newest row of an id says what is known of it."""

    class State(models.TextChoices):
        CREATED = "created", _("new")
        UPDATED = "updated", _("changed")
        DRAFTED = "drafted", _("changed, as a draft")
        PUBLISHED = "published", _("published")
        SECTION = "section", _("section")

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="items")
    external_id = models.CharField(max_length=400, db_index=True)
    kind = models.CharField(max_length=20)
    locale_code = models.CharField(max_length=35)
    page_id = models.PositiveBigIntegerField()
    page_key = models.UUIDField()
    revision_id = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices)

    class Meta:
        verbose_name = _("imported document")
        verbose_name_plural = _("imported documents")
        constraints = [
            models.UniqueConstraint(fields=["run", "external_id"], name="import_item_once")
        ]

    def __str__(self) -> str:
        return self.external_id
