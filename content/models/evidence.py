"""Evidence: who did what to which content, in rows that nothing changes afterwards."""

from typing import Any, NoReturn

from django.db import models
from django.utils import timezone


class AppendOnlyError(Exception):
    """Somebody tried to change or delete evidence."""


class AppendOnlyQuerySet(models.QuerySet):
    """Adds rows and reads them. Everything that Django has for changing and deleting is refused."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} rows are never changed or deleted.")

    update = _refuse
    aupdate = _refuse
    bulk_update = _refuse
    abulk_update = _refuse
    update_or_create = _refuse
    aupdate_or_create = _refuse
    delete = _refuse
    adelete = _refuse
    # What Model.save(), fixtures and the collector of cascades come by.
    _update = _refuse
    _raw_delete = _refuse

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        """Add many. A conflict is an error: passing it over would lose what somebody has said."""
        if kwargs.get("ignore_conflicts") or kwargs.get("update_conflicts") or len(args) > 1:
            self._refuse()
        return super().bulk_create(objs, *args, **kwargs)


class AppendOnly(models.Model):
    """Base of evidence. Triggers in the database refuse what comes past the application.

    Rows hold plain ids and no foreign keys: the database would otherwise have to change or delete
    them with what they name. People appear by their random ``actor_key``. A row belongs to an event:
    ``content.audit.record(..., rows=[row])``, in the transaction that adds it.
    """

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_permissions = ("view",)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row.

        Raises:
            AppendOnlyError: it is there already.
        """
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} rows are never changed.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse.

        Raises:
            AppendOnlyError: always.
        """
        raise AppendOnlyError(f"{type(self).__name__} rows are never deleted.")


class AuditEvent(AppendOnly):
    """One thing that happened. Each event names the one before it by its hash."""

    seq = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=60)
    actor_key = models.UUIDField(null=True)
    object_type = models.CharField(max_length=100, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    page_key = models.UUIDField(null=True)
    locale = models.CharField(max_length=35, blank=True)
    partner_id = models.PositiveBigIntegerField(null=True)
    revision_id = models.PositiveBigIntegerField(null=True)
    content_hash = models.CharField(max_length=64, blank=True)
    data = models.JSONField(default=dict)
    prev_hash = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64)

    class Meta(AppendOnly.Meta):
        indexes = [
            models.Index(fields=["page_key", "seq"], name="audit_page"),
            models.Index(fields=["partner_id", "at"], name="audit_partner"),
            models.Index(fields=["object_type", "object_id", "seq"], name="audit_object"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class AuditHead(models.Model):
    """End of the chain: one row, locked by whoever extends it.

    ``seal`` is an HMAC with the hub's key over number and hash, so that whoever can write to the
    database only cannot cut off the end unseen.
    """

    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.seq}"


class ActorName(models.Model):
    """Name behind an ``actor_key``; may be blanked on request without touching any evidence."""

    actor_key = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=255, blank=True)
    organisation = models.CharField(max_length=255, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
