"""Partners that only the newest draft of a page names."""

from django.db import models

from .partner import Partner


class DraftPartner(models.Model):
    """A partner named by the newest draft: its people see that draft before anything of it is live.

    The rows of the page itself follow publication; these follow each save of a draft.
    """

    page = models.ForeignKey(
        "wagtailcore.Page", on_delete=models.CASCADE, related_name="draft_partners"
    )
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="+")

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["page", "partner"], name="draft_partner_once")
        ]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.partner_id}"
