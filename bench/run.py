"""``make bench``: measures on throw-away data and prints figures beside their baselines.

``make bench ARGS="pages bytes"`` runs some of the parts: import, pages, server, memory, publishing,
jobs, reviews, bytes.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # started as a file: bench is a package of the project

from bench import bytes as page_bytes  # noqa: E402  the path comes first
from bench import import_speed, jobs, memory, pages, publishing, report, reviews, server  # noqa: E402
from bench.hub import demo_hub  # noqa: E402

PARTS = {
    "import": import_speed.measure,
    "pages": pages.measure,
    "server": server.measure,
    "memory": memory.measure,
    "publishing": publishing.measure,
    "jobs": jobs.measure,
    "reviews": reviews.measure,
    "bytes": page_bytes.measure,
}
RESULTS = ROOT / "bench" / "results" / "latest.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", help=f"some of: {', '.join(PARTS)} (default: all)")
    wanted = parser.parse_args().parts or list(PARTS)
    if unknown := set(wanted) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    started = time.monotonic()
    around = report.surroundings()
    report.show_surroundings(around)
    tables = []
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as place:
        demo = demo_hub(Path(place) / "demo")
        for name in wanted:
            table = PARTS[name](demo)
            print(f"\n{table.text()}", flush=True)
            tables.append(table)
    report.save(tables, around, RESULTS)
    print(f"\n{time.monotonic() - started:.0f} s in all; written to {RESULTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
