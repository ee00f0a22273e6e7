from django.apps import AppConfig


class ToolkitsConfig(AppConfig):
    name = "toolkits"
    verbose_name = "Toolkits"

    def ready(self) -> None:
        from content.registry import register_importer
        from toolkits.importers import ToolkitImporter

        register_importer("toolkit", ToolkitImporter())
