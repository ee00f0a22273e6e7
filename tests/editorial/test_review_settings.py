"""Whoever changes workflows while reviews run lets nothing through."""

import pytest
from django.urls import reverse
from wagtail.models import Task, Workflow, WorkflowState, WorkflowTask
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from content.models import AuditEvent
from editorial.models import ApprovalVote, Requirement, WorkflowRule
from editorial.services.submission import submit
from tests.actors import person, signed_in
from tests.editorial.reviews import Role, approve, fresh, open_step, town

pytestmark = pytest.mark.django_db
APPROVAL = "Approval of each partner"


@pytest.fixture
def place():
    return town()


@pytest.fixture
def author(place):
    return place.someone(Role.AUTHOR)


@pytest.fixture
def lesson(place, author):
    page = place.lesson(author)
    submit(page, author)
    return page


@pytest.fixture
def admin():
    return signed_in(person(Role.HUB_ADMIN), raise_request_exception=False)


def settings_url(name, row):
    return reverse(f"wagtailadmin_workflows:{name}", args=[row.pk])


def nothing_went_out(page):
    assert not fresh(page).live
    assert not AuditEvent.objects.filter(kind__in=["approved", "published"], object_id=page.pk)


def workflow_form(workflow, tasks):
    rows = [
        {"task": str(row.task_id), "id": str(row.pk), "ORDER": str(number + 1), "DELETE": ""}
        | ({} if row.task in tasks else {"DELETE": "1"})
        for number, row in enumerate(workflow.workflow_tasks.all())
    ]
    return nested_form_data(
        {
            "name": workflow.name,
            "active": "on",
            "workflow_tasks": inline_formset(rows, initial=len(rows)),
            "pages": inline_formset([]),
        }
    )


def test_a_step_that_is_closed_lets_nothing_through(lesson, admin):
    response = admin.post(settings_url("disable_task", Task.objects.get(name=APPROVAL)))
    assert response.status_code < 500
    nothing_went_out(lesson)


def test_a_first_step_that_is_closed_lets_nothing_through(place, author, admin):
    page = place.lesson(author, joint=True)
    submit(page, author)
    assert open_step(page).task.name == "Legal fact check"
    admin.post(settings_url("disable_task", Task.objects.get(name="Legal fact check")))
    nothing_went_out(page)


def test_a_workflow_that_is_closed_ends_its_reviews(lesson, admin):
    response = admin.post(settings_url("disable", Workflow.objects.get(name="Standard")))
    assert response.status_code < 500
    nothing_went_out(lesson)


def test_a_workflow_with_votes_does_not_close_over_them(place, lesson, admin):
    Requirement.objects.filter(key="partner-approver").update(quorum=2)
    approve(lesson, place.someone(Role.APPROVER))
    admin.post(settings_url("disable", Workflow.objects.get(name="Standard")))
    nothing_went_out(lesson)
    assert Workflow.objects.get(name="Standard").active
    assert WorkflowState.objects.active().count() == 1


def test_a_step_taken_out_while_it_is_open_is_still_asked(place, lesson, admin):
    workflow = Workflow.objects.get(name="Standard")
    checks = Task.objects.get(name="Automatic checks")
    response = admin.post(settings_url("edit", workflow), workflow_form(workflow, [checks]))
    assert response.status_code == 302
    assert workflow.workflow_tasks.count() == 1
    nothing_went_out(lesson)
    approve(lesson, place.someone(Role.APPROVER))
    assert fresh(lesson).live
    assert ApprovalVote.objects.count() == 1


def test_checks_alone_approve_nothing(place, author):
    WorkflowTask.objects.filter(workflow__name="Standard", task__name=APPROVAL).delete()
    page = place.lesson(author)
    client = signed_in(author, raise_request_exception=False)
    url = reverse("desk:submit", args=["lessons", "casestudypage", page.pk])
    assert client.post(url, {"note": ""}).status_code in {302, 422}
    nothing_went_out(page)
    assert not WorkflowState.objects.exists()


def test_a_workflow_without_steps_approves_nothing(place, author):
    WorkflowTask.objects.filter(workflow__name="Standard").delete()
    page = place.lesson(author)
    client = signed_in(author, raise_request_exception=False)
    url = reverse("desk:submit", args=["lessons", "casestudypage", page.pk])
    assert client.post(url, {"note": ""}).status_code in {302, 422}
    nothing_went_out(page)


def test_without_a_rule_nothing_is_handed_in(place, author):
    WorkflowRule.objects.filter(content_kind="").delete()
    page = place.lesson(author)
    client = signed_in(author, raise_request_exception=False)
    url = reverse("desk:submit", args=["lessons", "casestudypage", page.pk])
    assert client.post(url, {"note": ""}).status_code == 422
    assert client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200
    nothing_went_out(page)


def test_a_requirement_that_matches_nobody_is_not_met(place, lesson):
    Requirement.objects.filter(key="partner-approver").update(role=Role.TRANSLATION_REVIEWER)
    assert open_step(lesson).status == "in_progress"
    nothing_went_out(lesson)


def test_wagtail_s_own_tasks_publish_nothing(place, author):
    """Anybody of a group could approve their own work there."""
    from django.contrib.auth.models import Group
    from wagtail.models import GroupApprovalTask

    group = Group.objects.create(name="everybody")
    author.groups.add(group)
    task = GroupApprovalTask.objects.create(name="Anybody")
    task.groups.add(group)
    workflow = Workflow.objects.get(name="Standard")
    WorkflowTask.objects.filter(workflow=workflow).delete()
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    page = place.lesson(author)
    submit(page, author)
    state = fresh(page).current_workflow_task_state
    url = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
    signed_in(author, raise_request_exception=False).post(url, {"comment": ""})
    nothing_went_out(page)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.STEWARD, Role.APPROVER, Role.PARTNER_ADMIN])
@pytest.mark.parametrize("name", ["disable", "edit"])
def test_only_hub_admins_change_workflows(place, lesson, role, name):
    workflow = Workflow.objects.get(name="Standard")
    client = signed_in(place.someone(role), raise_request_exception=False)
    client.post(settings_url(name, workflow), workflow_form(workflow, []))
    workflow.refresh_from_db()
    assert workflow.active
    assert workflow.workflow_tasks.count() == 2
