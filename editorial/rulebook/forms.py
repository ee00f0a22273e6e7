"""Forms of the settings. What nobody could ever fulfil is refused when it is saved."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.models import Workflow

from editorial.models import Checklist, Requirement, WorkflowRule
from editorial.rulebook.queries import has_approval, kinds
from editorial.services.steps import people_changed
from partners.models import Membership

Role = Membership.Role
Scope = Requirement.Scope
# Roles that may agree to something; authors, editors and stewards write.
JUDGES = (Role.APPROVER, Role.SPECIALIST, Role.TRANSLATION_REVIEWER, Role.HUB_ADMIN)
# Whose people can be found in which scope.
HUB_WIDE = {Role.HUB_ADMIN, Role.SPECIALIST}
QUORUMS = ("quorum", "quorum_government", "quorum_civil_society")


class RequirementForm(WagtailAdminModelForm):
    """Whose agreement a step needs."""

    page_types = forms.MultipleChoiceField(
        label=_("Kinds"),
        required=False,
        choices=kinds,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: all kinds that come to the step."),
    )

    class Meta:
        model = Requirement
        fields = [
            "task", "role", "specialism", "scope", *QUORUMS, "from_change_kind", "page_types",
            "checklist",
        ]  # fmt: skip
        help_texts = {
            "specialism": _("For specialists only."),
            "quorum": _("For “both sectors” the two numbers below count instead."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", "---------"), *((r.value, r.label) for r in JUDGES)]
        self.fields["task"].queryset = self.fields["task"].queryset.filter(active=True) | (
            self.fields["task"].queryset.filter(pk=self.instance.task_id)
        )
        for name in QUORUMS:
            self.fields[name].min_value = 1
            self.fields[name].widget.attrs["min"] = 1

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        role, scope = data.get("role"), data.get("scope")
        for name in QUORUMS:
            if data.get(name) is not None and data[name] < 1:
                self.add_error(name, _("At least one person."))
        if role == Role.SPECIALIST and not data.get("specialism"):
            self.add_error("specialism", _("Say what the specialist looks at."))
        if role != Role.SPECIALIST and data.get("specialism"):
            self.add_error("specialism", _("Only specialists have a specialism."))
        if role and scope and (reason := unfillable_reason(role, scope)):
            self.add_error("scope", reason)
        return data

    def save(self, commit: bool = True) -> Any:
        if not self.instance.key:
            self.instance.key = self._new_key()
        row = super().save(commit)
        if commit:
            people_changed(None)
        return row

    def _new_key(self) -> str:
        """Votes name their requirement by its key, so the key is given once and stays."""
        taken = Requirement.objects.filter(task=self.instance.task).values_list("key", flat=True)
        parts = [self.instance.specialism or self.instance.role, self.instance.scope]
        return free_key("-".join(parts), taken)


def unfillable_reason(role: str, scope: str) -> str:
    """Why nobody can ever have a role in a scope; empty if somebody can."""
    if role == Role.HUB_ADMIN and scope != Scope.HUB:
        return gettext("Hub admins belong to no partner: choose “the whole hub”.")
    if scope == Scope.HUB and role not in HUB_WIDE:
        return gettext("People with this role belong to partners, not to the whole hub.")
    return ""


def free_key(wish: str, taken: Iterable[str], fallback: str = "key") -> str:
    """A key made of words, unlike those that are taken."""
    taken = set(taken)
    base = slugify(wish.replace("_", "-"))[:70] or fallback
    number, key = 1, base
    while key in taken:
        number += 1
        key = f"{base}-{number}"
    return key


class ChecklistForm(WagtailAdminModelForm):
    """Questions of a checklist. What was answered to earlier ones names their version."""

    def save(self, commit: bool = True) -> Any:
        items = self.formsets["items"]
        if not self.instance.key:
            keys = Checklist.objects.values_list("key", flat=True)
            self.instance.key = free_key(self.instance.title, keys, "checklist")
        if self.instance.pk and items.has_changed():
            self.instance.version += 1
        self._name_questions(items)
        return super().save(commit)

    def _name_questions(self, items: Any) -> None:
        taken = {form.instance.key for form in items.forms if form.instance.key}
        for form in items.forms:
            if not form.instance.key:
                form.instance.key = free_key(form.instance.question, taken, "question")
                taken.add(form.instance.key)


class RuleForm(WagtailAdminModelForm):
    """Which workflow content of a kind goes through."""

    content_kind = forms.ChoiceField(label=_("Kind of content"), required=False)

    class Meta:
        model = WorkflowRule
        fields = ["content_kind", "situation", "workflow"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["content_kind"].choices = [("", _("Every kind")), *kinds()]
        self.fields["workflow"].queryset = Workflow.objects.active()

    def clean_workflow(self) -> Workflow:
        workflow: Workflow = self.cleaned_data["workflow"]
        if not has_approval(workflow):
            raise ValidationError(
                _("No step of this workflow asks a person. Add an approval to it first.")
            )
        return workflow
