from django.apps import AppConfig


class LessonsConfig(AppConfig):
    name = "lessons"
    verbose_name = "Lessons"

    def ready(self) -> None:
        from content.registry import register_importer
        from lessons.importers import LessonImporter

        register_importer("lesson", LessonImporter())
