"""Wagtail's own mails, switched off: they ask nobody whether the receiver may see what they tell.

Its workflow mails would come beside ours. Its mails about comments quote them, to everybody who once
took part, also after that person's membership has ended; here subscribers get a notification instead.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from wagtail.models import COMMENTS_RELATION_NAME, PageSubscription, TaskState, WorkflowState
from wagtail.signals import (
    task_submitted,
    workflow_approved,
    workflow_rejected,
    workflow_submitted,
)

from editorial.notifications.services import notify

# Names under which Wagtail connects its mails; whoever comes second under a name is left out.
WORKFLOW_MAILS: list[tuple[Any, type, str]] = [
    (task_submitted, TaskState, "group_approval_task_submitted_email_notification"),
    (workflow_submitted, WorkflowState, "workflow_state_submitted_email_notification"),
    (workflow_rejected, WorkflowState, "workflow_state_rejected_email_notification"),
    (workflow_approved, WorkflowState, "workflow_state_approved_email_notification"),
]


def take_place_of_workflow_mails() -> None:
    """Connect nothing in the place of Wagtail's mails, whichever app is made ready first."""
    for signal, sender, name in WORKFLOW_MAILS:
        signal.disconnect(sender=sender, dispatch_uid=name)
        signal.connect(_nothing, sender=sender, dispatch_uid=name)


def _nothing(**kwargs: Any) -> None:
    pass


def take_place_of_comment_mails() -> None:
    """Let the page editor tell of comments in our way, and hide the settings of Wagtail's mails."""
    from wagtail.admin.views.account import NotificationsSettingsPanel
    from wagtail.admin.views.pages.edit import EditView

    EditView.send_commenting_notifications = tell_of_comments
    NotificationsSettingsPanel.is_active = lambda panel: False


def tell_of_comments(view: Any, changes: dict[str, Any]) -> None:
    """Tell whoever follows the page or took part in these threads, except the writer."""
    threads = {comment.pk for comment in changes["resolved_comments"]}
    threads |= {comment.pk for comment, _replies in changes["new_replies"]}
    if not (threads or changes["new_comments"] or changes["deleted_comments"]):
        return
    followers = PageSubscription.objects.filter(page=view.page, comment_notifications=True)
    people = get_user_model().objects.filter(
        Q(pk__in=followers.values("user"))
        | Q(comment_replies__comment__in=threads)
        | Q(**{f"{COMMENTS_RELATION_NAME}__in": threads})
    )
    recipients = people.exclude(pk=view.request.user.pk).distinct()
    entry = max(_ids(changes), default=0)
    notify("commented", recipients, view.page, period=f"{view.page.latest_revision_id}.{entry}")


def _ids(changes: dict[str, Any]) -> list[int]:
    """Numbers of what is new, so that a later comment on the same draft is news again."""
    replies = [reply.pk for _comment, new in changes["new_replies"] for reply in new]
    return [comment.pk for comment in changes["new_comments"]] + replies
