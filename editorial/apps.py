from django.apps import AppConfig


class EditorialConfig(AppConfig):
    name = "editorial"
    verbose_name = "Editorial"

    def ready(self) -> None:
        from content.registry import (
            register_answer,
            register_facts,
            register_publication_handler,
        )

        from . import reviews, signals  # noqa: F401  importing connects them
        from .factcheck import signals as factcheck_signals  # noqa: F401
        from .notifications import services as notifications
        from .notifications.stock import take_place_of_workflow_mails
        from .queries import rules, versions
        from .services import emergency, legacy, steps, submission

        register_facts("emergency", emergency.facts_of)
        register_answer("workflow_of", rules.workflow_of)
        register_answer("is_evidence", versions.is_evidence)
        register_answer("revision_saved", steps.revision_saved)
        register_answer("submit", submission.submit)
        register_answer("notify", notifications.notify)
        register_publication_handler("unapproved", legacy.on_published)
        take_place_of_workflow_mails()
        reviews.register()
