from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = "Training"

    def ready(self) -> None:
        from content.registry import register_importer
        from training.importers import TrainingImporter

        register_importer("training", TrainingImporter())
