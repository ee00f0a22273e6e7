"""What people are told, and how each of them wants to be told."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Delivery(models.TextChoices):
    """When a notification is mailed. It stands in the person's list in any case."""

    IMMEDIATE = "immediate", _("At once")
    DAILY = "daily", _("Once a day")
    WEEKLY = "weekly", _("Once a week")
    OFF = "off", _("No mail")


class Notification(models.Model):
    """Something that one person is told, once.

    The row names its object and holds no title: what somebody may know is asked when it is shown.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for its mail")
        MAILED = "mailed", _("mailed")
        OFF = "off", _("no mail wanted")
        # All of these: no mail went, and none will.
        REPLACED = "replaced", _("replaced by a later one")
        SETTLED = "settled", _("the step was decided before")
        DROPPED = "dropped", _("not for this person any more")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    kind = models.CharField(max_length=40)
    object_type = models.CharField(max_length=100)
    object_id = models.CharField(max_length=64)
    page_key = models.UUIDField(null=True)
    # Which occasion: the same one told twice is one row.
    period = models.CharField(max_length=120)
    # Step, date, comment and address; never a title or a text of the object.
    data = models.JSONField(default=dict)
    delivery = models.CharField(max_length=10, choices=Delivery.choices)
    state = models.CharField(max_length=10, choices=State.choices)
    created = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "object_type", "object_id", "period"],
                name="notification_once",
            )
        ]
        indexes = [
            models.Index(fields=["user", "-created"], name="notification_list"),
            models.Index(
                fields=["user"],
                condition=models.Q(read_at__isnull=True),
                name="notification_unread",
            ),
            models.Index(
                fields=["delivery", "user"],
                condition=models.Q(state="waiting"),
                name="notification_waiting",
            ),
            models.Index(fields=["created"], name="notification_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_type} {self.object_id}"


class NotificationPreference(models.Model):
    """How a person wants to be told of one kind of news, where it is not the default."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_preferences"
    )
    kind = models.CharField(max_length=40)
    delivery = models.CharField(max_length=10, choices=Delivery.choices)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="notification_preference_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.delivery}"
