"""Screens of the settings, beside Wagtail's own screens of workflows and tasks."""

from typing import Any

from django.db.models import ProtectedError, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.panels import ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import DeleteView
from wagtail.admin.viewsets.model import ModelViewSet

from editorial.models import Checklist, Requirement, WorkflowRule
from editorial.rulebook.forms import ChecklistForm, RequirementForm, RuleForm
from editorial.rulebook.queries import kind_of_rule, name_of_kind
from editorial.services.steps import people_changed


class SettingsViewSet(ModelViewSet):
    """Open to those who have the rights on the model: hub admins."""

    add_to_settings_menu = True
    copy_view_enabled = False
    search_backend_name = None
    list_per_page = 50


class DeleteRequirement(DeleteView):
    def delete_action(self) -> None:
        super().delete_action()
        people_changed(None)


class DeleteChecklist(DeleteView):
    """A list that a requirement asks for stays."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)
        except ProtectedError:
            messages.error(request, _("A requirement asks for this checklist: change that first."))
            return redirect(self.get_success_url())


def kinds_of(requirement: Requirement) -> str:
    names = [name_of_kind(kind) for kind in requirement.page_types]
    return ", ".join(names) or str(_("All kinds"))


def people_of(requirement: Requirement) -> str:
    """How many are asked, as the step counts them."""
    if requirement.scope == Requirement.Scope.EACH_SECTOR:
        return f"{requirement.quorum_government} + {requirement.quorum_civil_society}"
    return str(requirement.quorum)


class RequirementViewSet(SettingsViewSet):
    model = Requirement
    name = "requirements"
    icon = "group"
    menu_label = _("Requirements of steps")
    menu_order = 160
    delete_view_class = DeleteRequirement
    list_display = [
        TitleColumn("__str__", label=_("Who agrees"), url_name="requirements:edit"),
        Column("task", label=_("Step"), sort_key="task__name"),
        Column("people", label=_("People"), accessor=people_of),
        Column("kinds", label=_("Kinds"), accessor=kinds_of),
        Column("from_change_kind", label=_("From this kind of change on"),
               accessor="get_from_change_kind_display"),
        Column("checklist", label=_("Checklist")),
    ]  # fmt: skip
    list_filter = ["task", "role"]
    ordering = ["task__name", "pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return Requirement.objects.select_related("task", "checklist")

    def get_form_class(self, for_update: bool = False) -> Any:
        return RequirementForm


class ChecklistViewSet(SettingsViewSet):
    model = Checklist
    delete_view_class = DeleteChecklist
    name = "checklists"
    icon = "list-ul"
    menu_label = _("Checklists")
    menu_order = 170
    edit_handler = ObjectList(Checklist.panels, base_form_class=ChecklistForm)
    list_display = [
        TitleColumn("title", label=_("Title"), url_name="checklists:edit", sort_key="title"),
        Column("version", label=_("Version"), sort_key="version"),
        Column("questions", label=_("Questions"), accessor=lambda row: row.items.count()),
    ]
    search_fields = ["title"]


class RuleViewSet(SettingsViewSet):
    model = WorkflowRule
    name = "workflow-rules"
    icon = "tasks"
    menu_label = _("Workflow rules")
    menu_order = 180
    list_display = [
        TitleColumn("kind", label=_("Kind of content"), url_name="workflow-rules:edit",
                    accessor=kind_of_rule, sort_key="content_kind"),
        Column("situation", label=_("Situation"), accessor="get_situation_display",
               sort_key="situation"),
        Column("workflow", label=_("Workflow"), accessor=lambda row: workflow_of_rule(row),
               sort_key="workflow__name"),
    ]  # fmt: skip
    list_filter = ["situation", "workflow"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return WorkflowRule.objects.select_related("workflow")

    def get_form_class(self, for_update: bool = False) -> Any:
        return RuleForm


def workflow_of_rule(rule: WorkflowRule) -> str:
    """A rule counts for nothing while its workflow is switched off."""
    if rule.workflow.active:
        return rule.workflow.name
    return str(_("%(workflow)s (disabled: the rule does not count)")) % {
        "workflow": rule.workflow.name
    }


viewsets = [RequirementViewSet(), ChecklistViewSet(), RuleViewSet()]
