"""People who sign in."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """An account. Evidence names ``actor_key``, never the user row, so that rows outlive accounts."""

    actor_key = models.UUIDField(_("actor key"), default=uuid.uuid4, unique=True, editable=False)

    class Meta(AbstractUser.Meta):
        verbose_name = _("user")
        verbose_name_plural = _("users")
