"""What the tests of notifications share: reviews that run, and mails as their receivers read them."""

from email import message_from_bytes, policy

from wagtail.models import Workflow, WorkflowTask
from wagtail.users.models import UserProfile

from content.models import OutgoingMail
from content.registry import answer
from editorial.models import ApprovalTask, Requirement, ReviewState, WorkflowRule
from partners.models import Membership

Role = Membership.Role


def tell(kind, people, obj, **data):
    answer("notify", kind, people if isinstance(people, list) else [people], obj, **data)


def profile(user, language="", zone=""):
    UserProfile.objects.update_or_create(
        user=user, defaults={"preferred_language": language, "current_time_zone": zone}
    )
    return user


def mails(user=None):
    """Mails written so far, in order, all or those to one person."""
    found = [
        message_from_bytes(bytes(row.message), policy=policy.default)
        for row in OutgoingMail.objects.order_by("pk")
    ]
    return [mail for mail in found if user is None or mail["To"] == user.email]


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def approval(**options):
    """A workflow of one step for guides: an approver of the owner agrees."""
    task = ApprovalTask.objects.create(name="Legal check", **options)
    Requirement.objects.create(
        task=task, key="owner", role=Role.APPROVER, scope=Requirement.Scope.OWNER_PARTNER
    )
    workflow = Workflow.objects.create(name="Short")
    WorkflowTask.objects.create(workflow=workflow, task=task)
    WorkflowRule.objects.update_or_create(
        situation="original", content_kind="guides.guidepage", defaults={"workflow": workflow}
    )
    return task


def open_state(page):
    return ReviewState.objects.get(workflow_state__object_id=str(page.pk), status="in_progress")
