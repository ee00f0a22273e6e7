"""Plan one event for everything that was live before approvals were kept."""

from django.db import migrations

from editorial.services.legacy import ask_for_records


class Migration(migrations.Migration):
    dependencies = [
        ("editorial", "0002_default_workflows"),
        ("content", "0004_approvals"),
    ]

    operations = [migrations.RunPython(ask_for_records, migrations.RunPython.noop)]
