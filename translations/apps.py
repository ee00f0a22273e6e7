from django.apps import AppConfig


class TranslationsConfig(AppConfig):
    name = "translations"
    verbose_name = "Translations"

    def ready(self) -> None:
        from content.registry import register_situation

        from .queries import is_translation

        register_situation("translation", is_translation)
