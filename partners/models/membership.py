"""Who works for whom, in which role."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from content.languages import LanguageCodeError, parse_languages


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

    class Specialism(models.TextChoices):
        PLAIN_LANGUAGE = "plain_language", _("Plain language")
        ACCESSIBILITY = "accessibility", _("Accessibility")
        LEGAL = "legal", pgettext_lazy("specialism", "Legal")

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
    specialism = models.CharField(
        _("specialism"), max_length=20, blank=True, choices=Specialism.choices
    )
    languages = models.CharField(
        _("languages"), max_length=300, blank=True, help_text=_("For translators: codes, commas")
    )
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_until = models.DateField(_("until"), null=True, blank=True)
    delegate_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("represented by"),
    )
    delegate_until = models.DateField(_("represented until"), null=True, blank=True)
    may_start_emergency = models.BooleanField(_("may publish in an emergency"), default=False)
    # Whether the evidence knows that this has ended by its date.
    end_recorded = models.BooleanField(default=False, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["partner__slug", "user__username", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "partner", "role", "specialism"], name="membership_once"
            ),
            models.UniqueConstraint(
                fields=["user", "role", "specialism"],
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

    @property
    def language_codes(self) -> list[str]:
        """Languages that the role is for, in the order given."""
        return codes_in(self.languages)

    def clean(self) -> None:
        super().clean()
        check_role(self)
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": _("The end lies before the start.")})
        self._clean_delegate()

    def _clean_delegate(self) -> None:
        delegate = self.delegate_to
        if delegate is None:
            self.delegate_until = None
            return
        if delegate.pk == self.user_id:
            raise ValidationError({"delegate_to": _("Nobody represents themselves.")})
        if not delegate.is_active:
            raise ValidationError({"delegate_to": _("This account is closed.")})
        if self.delegate_until is None:
            raise ValidationError({"delegate_until": _("Say until which day.")})


def codes_in(languages: str) -> list[str]:
    """Language codes of a text with commas."""
    return [code for part in languages.split(",") if (code := part.strip().lower())]


def check_role(row: Any) -> None:
    """Refuse a role whose partner, languages or specialism do not fit it.

    ``row`` is a membership or an invitation to one. Its languages are put into our spelling.

    Raises:
        ValidationError: named by field.
    """
    role = Membership.Role
    if row.role == role.HUB_ADMIN and row.partner_id:
        raise ValidationError({"partner": _("A hub admin works for the whole hub.")})
    if row.role not in {role.HUB_ADMIN, role.SPECIALIST, ""} and not row.partner_id:
        raise ValidationError({"partner": _("This role needs a partner.")})
    if row.role == role.SPECIALIST and not row.specialism:
        raise ValidationError({"specialism": _("Say what the specialist looks at.")})
    if row.role != role.SPECIALIST and row.specialism:
        raise ValidationError({"specialism": _("Only specialists have a specialism.")})
    row.languages = _checked_languages(row.role, row.languages)


def _checked_languages(role: str, given: str) -> str:
    if role not in LANGUAGE_ROLES:
        if given.strip():
            raise ValidationError(
                {"languages": _("Only translators and translation reviewers have languages.")}
            )
        return ""
    try:
        codes = parse_languages(given)
    except LanguageCodeError:
        codes = []
    if not codes or set(codes) - set(settings.HUB_LANGUAGES):
        text = _("Name languages of this hub, with commas: %(codes)s")
        codes_known = {"codes": ", ".join(settings.HUB_LANGUAGES)}
        raise ValidationError({"languages": ValidationError(text, params=codes_known)})
    return ", ".join(codes)


LANGUAGE_ROLES = frozenset({Membership.Role.TRANSLATOR, Membership.Role.TRANSLATION_REVIEWER})
