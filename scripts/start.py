"""What `make run` does before it serves: database, demo content once, a word of welcome."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings.dev")


def prepare() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def load_demo(data: Path) -> None:
    """Only once for a data folder: who empties the demo does not get it back at the next start."""
    from django.core.management import CommandError, call_command

    from hub.demo import loader
    from hub.demo.signin import PASSWORD

    loaded = data / "demo-loaded"
    if loaded.exists():
        print(f"Demo log-ins, all with the password {PASSWORD}")
        for name, roles in loader.logins():
            print(f"  {name:14} {roles}")
        return
    print("Loading the demo content; this takes a minute and happens once.", flush=True)
    try:
        call_command("seed_demo")
    except CommandError as refusal:
        print(f"\n{refusal}")
        return
    loaded.touch()


def follow_languages() -> None:
    from django.core.management import call_command

    call_command("sync_languages", verbosity=0)


def main() -> None:
    import django
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
        data = Path(settings.DATA_DIR)
    except ImproperlyConfigured as error:
        sys.exit(f"\n{error}\n")
    prepare()
    load_demo(data)
    follow_languages()
    address = settings.HUB_BASE_URL
    print(
        f"\nThe hub:   {address}/\nThe admin: {address}/admin/\nStop it with Ctrl+C.\n", flush=True
    )


if __name__ == "__main__":
    main()
