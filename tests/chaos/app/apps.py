"""An app whose jobs count what they do. Installed by the settings of these tests only."""

import os
from datetime import timedelta

from django.apps import AppConfig


class ChaosConfig(AppConfig):
    name = "tests.chaos.app"
    label = "chaos"

    def ready(self):
        from content.jobs import runner

        if seconds := os.environ.get("CHAOS_FIRST_RETRY"):
            runner.FIRST_RETRY = timedelta(seconds=float(seconds))
            runner.LONGEST_RETRY = runner.FIRST_RETRY
