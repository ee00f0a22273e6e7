"""Write the README's table of settings from the declarations in hub/settings/env.py."""

import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from hub.settings.env import VARIABLES  # noqa: E402  the path comes first

HEAD = "| variable | default | meaning |\n|---|---|---|\n"
TABLE = re.compile(r"SETTINGS_TABLE\n|\| variable \| default \|.*?(?=\n\n)\n", re.DOTALL)


def shown(default: str | None) -> str:
    if default is None:
        return "none"
    value = default.replace(str(ROOT) + os.sep, "")
    return f"`{value}`" if value else "empty"


def main() -> None:
    rows = "".join(f"| `{v.name}` | {shown(v.default)} | {v.help} |\n" for v in VARIABLES)
    readme = ROOT / "README.md"
    readme.write_text(TABLE.sub(lambda _: HEAD + rows, readme.read_text(encoding="utf-8"), count=1))


if __name__ == "__main__":
    main()
