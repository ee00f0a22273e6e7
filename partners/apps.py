from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = "Partners"

    def ready(self) -> None:
        from content.registry import register_audiences, register_page_context

        from . import queries, signals  # noqa: F401  importing connects the signals

        register_audiences("partners", queries.reader_audiences)
        register_page_context("partners", queries.page_context)
