"""A process of its own that writes to the hub's SQLite database: jobs, accounts, published pages.

    python tests/content/sqlite_writer.py prepare | write NAME NUMBER

``write`` prints as JSON how many writes succeeded and which errors came.
"""

import json
import os
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "hub.settings.dev"

import django
from django.db import OperationalError, transaction

PAGE_EVERY = 20


def prepare():
    """All tables, by their models: migrations take too long for a test."""
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command

    from tests.conftest import make_base_rows
    from tests.factories import tree

    settings.MIGRATION_MODULES = {config.label: None for config in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0)
    make_base_rows()
    tree.section()


def write(name, number):
    from content.jobs.services import enqueue
    from content.models import User
    from guides.models import GuideIndexPage
    from tests.factories.guides import GuidePageFactory

    parent = GuideIndexPage.objects.get()
    errors = Counter()
    for count in range(number):
        title = f"{name}-{count}"
        try:
            with transaction.atomic():
                if count % PAGE_EVERY:
                    enqueue("content.check_tree", batch=title)
                    User.objects.create(username=title)
                else:
                    parent.refresh_from_db()
                    GuidePageFactory(parent=parent, title=title, slug=title)
        except OperationalError as error:
            errors[str(error)] += 1
    print(json.dumps({"written": number - errors.total(), "errors": errors}))  # noqa: T201


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "prepare":
        prepare()
    else:
        write(sys.argv[2], int(sys.argv[3]))
