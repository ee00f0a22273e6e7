"""Run makemessages for the catalogues of locale/ and those named, without what ages at every edit."""

import subprocess
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
IGNORED = [".venv", "node_modules", "tests", "data", "bench", "scripts"]
KEPT = ["MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Plural-Forms"]


def catalogue(name: str) -> Path:
    return ROOT / "locale" / name / "LC_MESSAGES" / "django.po"


def tidy(name: str) -> None:
    """Dates and empty names of the header would change at every run."""
    file = polib.pofile(str(catalogue(name)), wrapwidth=0)
    file.header = ""
    file.metadata_is_fuzzy = False
    file.metadata = {"Language": name} | {k: file.metadata[k] for k in KEPT if k in file.metadata}
    file.save()


def main() -> None:
    present = [path.parent.parent.name for path in ROOT.glob("locale/*/LC_MESSAGES/django.po")]
    names = sorted({*present, *sys.argv[1:]})
    if not names:
        sys.exit("No catalogue yet; name a language: make messages LOCALE=es")
    command = [sys.executable, "manage.py", "makemessages", "--no-location", "--no-obsolete"]
    command += [part for name in names for part in ("--locale", name)]
    command += [part for folder in IGNORED for part in ("--ignore", f"{folder}/*")]
    subprocess.run(command, cwd=ROOT, check=True)
    for name in names:
        tidy(name)


if __name__ == "__main__":
    main()
