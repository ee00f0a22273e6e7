from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = "Partners"

    def ready(self) -> None:
        from wagtail.models import Page
        from wagtail.permissions import register_permission_policy

        from content.models import SharedTextBody
        from content.registry import register_answer, register_audiences, register_page_context

        from . import membership_signals, queries, signals  # noqa: F401  importing connects them
        from .isolation import signals as draft_signals  # noqa: F401
        from .isolation.records import OwnRecordForm
        from .isolation.viewer import admin_title
        from .models import Record, RecordText
        from .permissions import page_permissions
        from .policies import (
            HubPagePermissionPolicy,
            RecordPermissionPolicy,
            UnpublishedPermissionPolicy,
        )

        register_audiences("partners", queries.reader_audiences)
        register_page_context("partners", queries.page_context)
        register_answer("organisation_of", queries.organisation_of)
        register_answer("page_permissions", page_permissions)
        register_answer("admin_title", admin_title)
        register_permission_policy(Page, HubPagePermissionPolicy())
        register_permission_policy(
            SharedTextBody, UnpublishedPermissionPolicy(SharedTextBody), exact_class=True
        )
        Record.base_form_class = RecordText.base_form_class = OwnRecordForm
        for model in self.get_models():
            if issubclass(model, Record | RecordText):
                register_permission_policy(model, RecordPermissionPolicy(model), exact_class=True)
