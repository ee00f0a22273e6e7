"""Writes of the hub as a whole: the first start of a real one."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from wagtail.models import Locale

from content.models import User
from hub.frame import absolute
from partners.models import Membership
from partners.services import add_membership
from translations.services import ensure_home, ensure_locales


@dataclass(frozen=True)
class SetUp:
    """What ``set_up`` made: languages with a tree, and the one-time link of the first hub admin."""

    locales: list[Locale]
    admin: User
    link: str


@transaction.atomic
def set_up(*, username: str, email: str) -> SetUp:
    """Make locales, home pages and the first hub admin, who chooses a password by a one-time link.

    Safe to run again: what exists stays; a hub admin without a password gets a new link.

    Raises:
        ValueError: the user name belongs to somebody who is no hub admin.
    """
    locales = ensure_locales()
    for locale in locales:
        ensure_home(locale)
    model = get_user_model()
    user = model.objects.filter(username=username).first()
    if user is None:
        user = model(username=username, email=email)
        user.set_unusable_password()
        user.full_clean(exclude=["password"])
        user.save()
        add_membership(user=user, role=Membership.Role.HUB_ADMIN)
    elif not Membership.objects.current().filter(user=user, role="hub_admin").exists():
        raise ValueError(f"{username} exists and is no hub admin.")
    return SetUp(locales, user, one_time_link(user))


def one_time_link(user: User) -> str:
    """Return a link by which a person sets a password; it ends with its first use or after a day."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return absolute(reverse("wagtailadmin_password_reset_confirm", args=[uid, token]))
