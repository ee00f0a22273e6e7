from django.apps import AppConfig


class GuidesConfig(AppConfig):
    name = "guides"
    verbose_name = "Guides"

    def ready(self) -> None:
        from content.registry import register_importer
        from guides.importers import GuideImporter

        register_importer("guide", GuideImporter())
