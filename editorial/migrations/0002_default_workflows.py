"""The workflows that a hub starts with take the place of Wagtail's own."""

from django.db import migrations

from editorial.defaults import ensure_defaults, remove_wagtails_own


def forwards(apps, schema_editor):
    ensure_defaults(apps)
    remove_wagtails_own(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("editorial", "0001_workflow"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
