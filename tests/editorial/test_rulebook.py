"""Settings of the workflow: who sees them, what they refuse, what follows from a change."""

import pytest
from django.urls import reverse
from wagtail.models import Task, Workflow
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from editorial.models import ApprovalTask, Checklist, Requirement, WorkflowRule
from editorial.queries.state import content_state
from editorial.rulebook.queries import name_of_kind
from editorial.services.submission import submit
from tests.actors import hub_admin, signed_in
from tests.editorial.reviews import Role, fresh, open_step, town
from tests.jobs import drain

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return hub_admin()


def task(name="Approval of each partner"):
    return ApprovalTask.objects.get(name=name)


def requirement_form(**more):
    return {
        "task": task().pk,
        "role": "specialist",
        "specialism": "legal",
        "scope": "owner_partner",
        "quorum": "1",
        "quorum_government": "1",
        "quorum_civil_society": "1",
        "from_change_kind": "minor",
        **more,
    }


class TestWhoMay:
    SCREENS = [
        "/admin/requirements/",
        "/admin/requirements/new/",
        "/admin/checklists/",
        "/admin/workflow-rules/",
        "/admin/workflows/list/",
        "/admin/workflows/tasks/index/",
    ]

    @pytest.mark.parametrize("address", SCREENS)
    def test_hub_admins_only(self, client, address):
        place = town()
        assert client.get(address).status_code == 200
        roles = (Role.APPROVER, Role.EDITOR, Role.STEWARD, Role.PARTNER_ADMIN)
        for role in roles:
            assert signed_in(place.someone(role)).get(address).status_code == 302

    def test_they_stand_in_the_settings_menu(self, client):
        shown = client.get("/admin/").content.decode()
        for address in ("/admin/requirements/", "/admin/checklists/", "/admin/workflow-rules/"):
            assert address in shown


class TestRequirements:
    def test_a_new_one_counts_at_once_for_what_is_open(self, client):
        place = town()
        author = place.someone(Role.AUTHOR)
        page = place.lesson(author)
        submit(page, author)
        response = client.post("/admin/requirements/new/", requirement_form())
        assert response.status_code == 302
        assert Requirement.objects.get(task=task(), specialism="legal").key
        drain()
        assert "legal (" in content_state(fresh(page)).sentence

    def test_kinds_are_chosen_not_typed(self, client):
        shown = client.get("/admin/requirements/new/").content.decode()
        assert 'value="guides.guidepage"' in shown
        form = requirement_form(page_types=["guides.guidepage", "lessons.casestudypage"])
        client.post("/admin/requirements/new/", form)
        made = Requirement.objects.get(task=task(), specialism="legal")
        assert made.page_types == ["guides.guidepage", "lessons.casestudypage"]
        listed = client.get("/admin/requirements/").content.decode()
        assert f"Guide, {name_of_kind('lessons.casestudypage')}" in listed

    @pytest.mark.parametrize(
        "wrong",
        [
            {"quorum": "0"},
            {"quorum_government": "0"},
            {"specialism": ""},
            {"role": "approver"},
            {"role": "approver", "specialism": "", "scope": "hub"},
            {"role": "hub_admin", "specialism": ""},
            {"role": "author", "specialism": ""},
            {"page_types": ["guides.nothing"]},
        ],
    )
    def test_what_nobody_could_fill_is_refused(self, client, wrong):
        before = Requirement.objects.count()
        response = client.post("/admin/requirements/new/", requirement_form(**wrong))
        assert response.status_code == 200
        assert Requirement.objects.count() == before

    def test_the_key_that_votes_name_stays(self, client):
        row = Requirement.objects.get(task=task())
        form = requirement_form(role="approver", specialism="", scope="each_partner", quorum="2")
        client.post(f"/admin/requirements/edit/{row.pk}/", form)
        row.refresh_from_db()
        assert (row.quorum, row.key) == (2, "partner-approver")


class TestChecklists:
    def form(self, checklist, **changed):
        items = [
            {"id": item.pk, "question": item.question, "must": "on", "ORDER": number, **changed}
            for number, item in enumerate(checklist.items.all(), 1)
        ]
        return nested_form_data(
            {"title": checklist.title, "items": inline_formset(items, initial=len(items))}
        )

    def test_changed_questions_are_a_new_version(self, client):
        row = Checklist.objects.get(key="plain-language")
        address = reverse("checklists:edit", args=[row.pk])
        client.post(address, {**self.form(row), "title": "Plain words"})
        row.refresh_from_db()
        assert (row.title, row.version) == ("Plain words", 1)
        client.post(address, self.form(row, question="Is it plain?"))
        row.refresh_from_db()
        assert row.version == 2
        assert {item.question for item in row.items.all()} == {"Is it plain?"}

    def test_a_new_one_gets_keys(self, client):
        items = [{"question": "Is it law?", "must": "on"}, {"question": "هل هو قانون؟"}]
        form = nested_form_data({"title": "Legal", "items": inline_formset(items)})
        assert client.post("/admin/checklists/new/", form).status_code == 302
        made = Checklist.objects.get(title="Legal")
        assert made.key == "legal"
        assert [item.key for item in made.items.all()] == ["is-it-law", "question"]


class TestRules:
    def test_a_workflow_of_checks_alone_is_refused(self, client):
        checks = Workflow.objects.create(name="Checks alone")
        checks.workflow_tasks.create(task=Task.objects.get(name="Automatic checks"))
        checks.save()
        form = {"content_kind": "lessons.casestudypage", "situation": "original"}
        refused = client.post("/admin/workflow-rules/new/", {**form, "workflow": checks.pk})
        assert "asks a person" in refused.content.decode()
        standard = Workflow.objects.get(name="Standard")
        assert (
            client.post("/admin/workflow-rules/new/", {**form, "workflow": standard.pk}).status_code
            == 302
        )
        rule = WorkflowRule.objects.get(content_kind="lessons.casestudypage")
        assert rule.workflow == standard

    def test_one_rule_for_a_case(self, client):
        standard = Workflow.objects.get(name="Standard")
        form = {"content_kind": "", "situation": "original", "workflow": standard.pk}
        before = WorkflowRule.objects.count()
        assert client.post("/admin/workflow-rules/new/", form).status_code == 200
        assert WorkflowRule.objects.count() == before


class TestSwitchingOff:
    def test_a_workflow_names_its_rules_and_reviews(self, client):
        place = town()
        author = place.someone(Role.AUTHOR)
        submit(place.lesson(author), author)
        standard = Workflow.objects.get(name="Standard")
        address = reverse("wagtailadmin_workflows:disable", args=[standard.pk])
        shown = client.get(address).content.decode()
        assert "in progress on 1 page" in shown
        assert "Every kind · original" in shown
        assert "nothing of the kind can be handed in" in shown

    def test_a_step_names_what_it_leaves_without_people(self, client):
        address = reverse("wagtailadmin_workflows:disable_task", args=[task().pk])
        shown = client.get(address).content.decode()
        assert "they would approve nothing" in shown
        assert "Upstream update" in shown

    def test_a_rule_whose_workflow_is_off_says_so(self, client):
        Workflow.objects.filter(name="Training").update(active=False)
        assert "the rule does not count" in client.get("/admin/workflow-rules/").content.decode()


def test_a_step_that_lost_its_people_still_publishes_nothing(client):
    place = town()
    author = place.someone(Role.AUTHOR)
    page = place.lesson(author)
    submit(page, author)
    client.post(reverse("wagtailadmin_workflows:disable_task", args=[open_step(page).task_id]))
    assert not fresh(page).live
