from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "content"
    verbose_name = "Content"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate
        from django.utils.module_loading import autodiscover_modules

        from . import checks, signals  # noqa: F401  importing connects them
        from .triggers import install_after_migration

        post_migrate.connect(install_after_migration, dispatch_uid="content.triggers")
        autodiscover_modules("tasks")  # handlers of jobs register themselves
