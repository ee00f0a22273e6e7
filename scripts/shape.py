"""Print the longest files and functions. A picture for reviewers, no gate."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SKIP = {".venv", "node_modules", "migrations", "data"}
SHOWN = 15


def functions(path: Path) -> list[tuple[int, str]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        (node.end_lineno - node.lineno + 1, f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    ]


def main() -> None:
    files = [p for p in ROOT.rglob("*.py") if not SKIP & set(p.relative_to(ROOT).parts)]
    lengths = sorted((len(p.read_text().splitlines()), str(p.relative_to(ROOT))) for p in files)
    found = sorted(row for path in files for row in functions(path))
    sizes = [size for size, _ in found] or [0]
    print(f"{len(files)} files, {len(found)} functions, median {sizes[len(sizes) // 2]} lines")
    print("\nLongest files")
    for size, name in reversed(lengths[-SHOWN:]):
        print(f"{size:6} {name}")
    print("\nLongest functions")
    for size, name in reversed(found[-SHOWN:]):
        print(f"{size:6} {name}")
    print()


if __name__ == "__main__":
    main()
