"""Follow a recipe of CONTRIBUTING.md literally: run its grey boxes, count the files it touched.

For a clone that may be changed: python scripts/follow_contributing.py "Add a block".
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def boxes(section: str) -> list[str]:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    parts = re.split(r"^## ", text, flags=re.MULTILINE)
    body = next(part for part in parts if part.startswith(f"{section}\n"))
    return re.findall(r"^```sh\n(.*?)^```$", body, re.MULTILINE | re.DOTALL)


def changed() -> set[str]:
    done = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return {line[3:] for line in done.stdout.splitlines()}


def main() -> None:
    for section in sys.argv[1:]:
        before = changed()
        for box in boxes(section):
            subprocess.run(["bash", "-euo", "pipefail", "-c", box], cwd=ROOT, check=True)
        touched = sorted(changed() - before)
        print(f"{section}: {len(touched)} files\n  " + "\n  ".join(touched))


if __name__ == "__main__":
    main()
