"""System checks: conventions that a reviewer would forget."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import Error, Info, register
from django.db import models
from wagtail.models import Page, TranslatableMixin


@register()
def fields_are_fact_or_text(app_configs: Any = None, **kwargs: Any) -> list[Error]:
    """Every own field of a page type is declared as a fact or as a text, and only once."""
    errors = []
    for model in _page_types():
        declared = [
            field.field_name for field in getattr(model, "override_translatable_fields", [])
        ]
        errors += [
            Error(
                f"{model.__name__}.{name} is declared twice in override_translatable_fields.",
                hint="A field is either a fact or a text.",
                obj=model,
                id="content.E001",
            )
            for name in sorted({name for name in declared if declared.count(name) > 1})
        ]
        errors += [
            Error(
                f"{model.__name__}.{field.name} is neither a fact nor a text.",
                hint="Add it to override_translatable_fields with facts(...) or texts(...).",
                obj=model,
                id="content.E002",
            )
            for field in model._meta.get_fields()
            if _is_own(field, model) and field.name not in declared
        ]
    return errors


@register()
def nothing_points_at_translatable_snippets(app_configs: Any = None, **kwargs: Any) -> list[Error]:
    """Submitting a page for translation re-saves such snippets and takes them offline."""
    return [
        Error(
            f"{model.__name__}.{field.name} points at the translatable {field.related_model.__name__}.",
            hint="Point at the language-free record and look its text up.",
            obj=model,
            id="content.E003",
        )
        for model in _page_types()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and isinstance(field.related_model, type)
        and issubclass(field.related_model, TranslatableMixin)
        and not issubclass(field.related_model, Page)
    ]


@register("mail", deploy=True)
def mails_have_a_server(app_configs: Any = None, **kwargs: Any) -> list[Info]:
    """No error: a hub can be tried without mail, its passwords then come from ``setup_hub``."""
    if settings.HUB_MAIL_SERVER is not None:
        return []
    return [
        Info(
            "HUB_EMAIL_URL is not set: every mail becomes a dead letter.",
            hint="Set it, then try it with manage.py send_test_mail ADDRESS.",
            id="content.I001",
        )
    ]


def _page_types() -> list[type]:
    return [model for model in apps.get_models() if hasattr(model, "override_translatable_fields")]


def _is_own(field: Any, model: type) -> bool:
    """Concrete fields and many-to-many fields that are not Wagtail's own."""
    if field.auto_created or not (field.concrete or field.many_to_many):
        return False
    if field.name in {field.name for field in Page._meta.get_fields()}:
        return False
    return field.name != "page_ptr"
