"""Compile locale/*.po into .mo files, where a .po is newer; needs no gettext tools."""

import os
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def compile_messages() -> list[Path]:
    """Return the files written. Fuzzy entries stay out: nobody has checked them."""
    written = []
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        temporary = target.with_suffix(f".{os.getpid()}.tmp")
        polib.pofile(str(source)).save_as_mofile(str(temporary))
        temporary.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    compile_messages()
