"""Who works for whom, in which role."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MembershipQuerySet(models.QuerySet):
    def current(self) -> "MembershipQuerySet":
        """Memberships in force today, of accounts that may sign in."""
        today = timezone.localdate()
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=today),
            Q(valid_until__isnull=True) | Q(valid_until__gte=today),
            user__is_active=True,
        )


class Membership(models.Model):
    """A person's role at a partner; without a partner the role counts for the whole hub.

    Groups and permissions are generated from these rows; nobody edits groups by hand.
    """

    class Role(models.TextChoices):
        AUTHOR = "author", _("Author")
        EDITOR = "editor", _("Editor")
        APPROVER = "approver", _("Partner approver")
        TRANSLATOR = "translator", _("Translator")
        TRANSLATION_REVIEWER = "translation_reviewer", _("Translation reviewer")
        SPECIALIST = "specialist", _("Specialist")
        STEWARD = "steward", _("Steward")
        PARTNER_ADMIN = "partner_admin", _("Partner admin")
        HUB_ADMIN = "hub_admin", _("Hub admin")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    partner = models.ForeignKey(
        "partners.Partner",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="memberships",
        verbose_name=_("partner"),
    )
    role = models.CharField(_("role"), max_length=25, choices=Role.choices)
    languages = models.CharField(
        _("languages"), max_length=300, blank=True, help_text=_("For translators: codes, commas")
    )
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_until = models.DateField(_("until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["partner__slug", "user__username", "role"]
        constraints = [
            models.UniqueConstraint(fields=["user", "partner", "role"], name="membership_once"),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=Q(partner__isnull=True),
                name="membership_hub_wide_once",
            ),
            models.CheckConstraint(
                condition=Q(role="hub_admin", partner__isnull=True)
                | (~Q(role="hub_admin") & Q(partner__isnull=False))
                | Q(role="specialist"),
                name="membership_hub_admin_has_no_partner",
            ),
        ]

    def __str__(self) -> str:
        scope = self.partner or _("the whole hub")
        return f"{self.user} · {self.get_role_display()} · {scope}"

    def clean(self) -> None:
        super().clean()
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": _("The end lies before the start.")})
