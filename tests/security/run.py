"""``make security``: the state machine on all cores, and whether enough has happened.

A run in which nothing goes live would prove nothing: too few of any road fail it.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

# Sequences in all; at least so many end live, by each road, and act by form posts.
SIZES = {"full": (5000, 1000, 100, 200), "short": (300, 60, 5, 20)}
ROADS = ("approval", "schedule", "emergency", "import")


def main() -> int:
    size = os.environ.get("SECURITY") or "full"
    sequences, live, each, posts = SIZES[size]
    seed = int(os.environ.get("SECURITY_SEED") or time.time())
    workers = int(os.environ.get("SECURITY_WORKERS") or os.cpu_count() or 1)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        processes = [
            _start(Path(folder), number, -(-sequences // workers), seed + number)
            for number in range(workers)
        ]
        codes = [process.wait() for process in processes]
        counts = _sum(Path(folder), workers)
    minutes = (time.monotonic() - began) / 60
    told = f"SECURITY={size} SECURITY_SEED={seed}: {minutes:.1f} minutes, {dict(counts)}"
    print(told)  # noqa: T201
    if any(codes):
        return 1
    wanted = {"sequences": sequences, "live": live, "by posts": posts, **dict.fromkeys(ROADS, each)}
    few = {name: counts[name] for name, least in wanted.items() if counts[name] < least}
    if few:
        print(f"Too little has happened: {few}, wanted {wanted}")  # noqa: T201
    return 1 if few else 0


def _start(folder: Path, number: int, sequences: int, seed: int) -> subprocess.Popen:
    command = [sys.executable, "-m", "pytest", "-m", "security", "tests/security", "-q", "-s"]
    return subprocess.Popen(
        [*command, "-p", "no:randomly"],
        env={
            **os.environ,
            "HUB_DATA_DIR": str(folder / f"data-{number}"),
            "SECURITY_REPORT": str(folder / f"{number}.json"),
            "SECURITY_SEQUENCES": str(sequences),
            "SECURITY_SEED": str(seed),
        },
    )


def _sum(folder: Path, workers: int) -> Counter:
    counts: Counter = Counter()
    for number in range(workers):
        report = folder / f"{number}.json"
        if report.exists():
            counts.update(json.loads(report.read_text(encoding="utf-8")))
    return counts


if __name__ == "__main__":
    sys.exit(main())
