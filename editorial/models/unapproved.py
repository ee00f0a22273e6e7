"""Live content that nobody here has approved yet: taken over by an import, or older than approvals."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Unapproved(models.Model):
    """One live page or record to approve. The row goes with the first approval.

    What is live and why stands in the evidence; these rows are the list of it for people.
    """

    class Origin(models.TextChoices):
        BEFORE = "before", _("published before approvals were kept")
        IMPORT = "import", _("taken over by import")

    object_type = models.CharField(max_length=100)
    object_id = models.CharField(max_length=64)
    title = models.CharField(_("title"), max_length=255)
    kind = models.CharField(_("kind"), max_length=40)
    locale = models.CharField(_("language"), max_length=35, blank=True)
    partner_id = models.PositiveBigIntegerField(_("partner"), null=True)
    origin = models.CharField(_("why"), max_length=10, choices=Origin.choices)
    source = models.CharField(_("source"), max_length=2000, blank=True)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("content to approve")
        verbose_name_plural = _("content to approve")
        ordering = ["partner_id", "kind", "title", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["object_type", "object_id"], name="unapproved_once")
        ]
        indexes = [models.Index(fields=["partner_id", "locale", "kind"], name="unapproved_list")]

    def __str__(self) -> str:
        return self.title
