"""Invitations: a one-time link by mail that makes somebody a member."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .membership import Membership, check_role, codes_in

LIFETIME = timedelta(days=7)


def _a_week_on() -> Any:
    return timezone.now() + LIFETIME


class InvitationQuerySet(models.QuerySet):
    def open(self) -> "InvitationQuerySet":
        """Invitations that can still be accepted."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())

    def over(self, before: Any) -> "InvitationQuerySet":
        """Invitations that were accepted, were revoked or expired before a moment."""
        return self.filter(
            Q(accepted_at__lt=before) | Q(revoked_at__lt=before) | Q(expires_at__lt=before)
        )


class Invitation(models.Model):
    """A role offered to an address. The link's token is never stored, only its hash."""

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(_("language of the mail"), max_length=35)
    partner = models.ForeignKey(
        "partners.Partner",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="invitations",
        verbose_name=_("partner"),
    )
    role = models.CharField(_("role"), max_length=25, choices=Membership.Role.choices)
    specialism = models.CharField(
        _("specialism"), max_length=20, blank=True, choices=Membership.Specialism.choices
    )
    languages = models.CharField(_("languages"), max_length=300, blank=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(default=_a_week_on, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", editable=False
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.name} · {self.get_role_display()}"

    @property
    def owner_partner_id(self) -> int | None:
        return self.partner_id

    @property
    def is_open(self) -> bool:
        is_settled = self.accepted_at or self.revoked_at
        return not is_settled and self.expires_at > timezone.now()

    @property
    def language_codes(self) -> list[str]:
        """Languages that the role is for."""
        return codes_in(self.languages)

    def clean(self) -> None:
        super().clean()
        check_role(self)
