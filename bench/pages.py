"""What a page of each kind costs, in a hub of usual size and in one ten times as large."""

import sys
from collections import Counter
from contextlib import ExitStack
from typing import Any

from bench.hub import Hub
from bench.report import Table, answer, verdict

SIZE = 1_161
PAGE_GOAL, LIST_GOAL, CACHED_GOAL = 8, 12, 2
KINDS = (
    "home", "partner", "index", "toolkit", "part", "lesson", "course", "unit", "session", "guide",
    "journey", "topic", "notice", "info",
)  # fmt: skip
LISTS = {
    "browse": "/en/browse/",
    "browse filtered": "/en/browse/?kind=guide&kind=toolkit&audience=renters&language=en",
}


def measure(demo: Hub) -> Table:
    bare = float(demo.run("-m", "bench.bare")[1])
    found = []
    for size in (SIZE, SIZE * 10):
        hub = demo.copy(f"pages-{size}")
        hub.run("-m", "bench.fill", str(size))
        found.append(hub.ask("-m", "bench.pages"))
    small, large = found
    rows: list[list[Any]] = [["bare Django view", 0, 0, 0, None, bare, bare, 1.0, None, None, ""]]
    for kind in small:
        goal = LIST_GOAL if kind in LISTS else PAGE_GOAL
        one, ten = small[kind], large[kind]
        rows.append(
            [
                kind,
                one["queries"],
                ten["queries"],
                one["cold"],
                goal,
                one["cpu_ms"],
                ten["cpu_ms"],
                one["cpu_ms"] / bare,
                ten["cached"],
                ten["cached_cpu_ms"],
                verdict(max(one["queries"], ten["queries"]), goal)
                or verdict(ten["cached"], CACHED_GOAL)
                or ("GROWS" if ten["queries"] > one["queries"] else ""),
            ]
        )
    return Table(
        "pages",
        f"Pages: queries and processor time at {SIZE:,} and {SIZE * 10:,} published pages",
        [
            "kind",
            "queries",
            "at x10",
            "cold",
            "goal",
            "CPU ms",
            "at x10",
            "x bare",
            "cached",
            "CPU ms",
            "",
        ],
        rows,
        [
            "queries: pages made anew; the vocabulary and the directory of partners come from a cache.",
            f"cold: with that cache empty. cached: queries of a page from the page cache, at most "
            f"{CACHED_GOAL}. SQLite's cache file is no database of Django's and not counted.",
        ],
    )


def addresses() -> dict[str, str]:
    """The English page of each kind with most in it, the filtered list too."""
    from content.models import PageFacts

    found = {}
    for kind in KINDS:
        rows = PageFacts.objects.readable().filter(kind=kind, locale_code="en")
        # The demo's own pages come first, copies made by ``fill`` after them.
        row = max(rows.order_by("pk")[:12], key=_weight, default=None)
        if row is not None:
            found[kind] = row.url
    return {**found, **LISTS}


def _weight(row: Any) -> int:
    from wagtail.models import Page

    page = Page.objects.get(pk=row.page_id).specific
    return sum(len(str(value)) for value in page.serializable_data().values())


def measure_here() -> dict[str, dict[str, Any]]:
    """Figures of every address, in this process."""
    from django.conf import settings
    from django.core.cache import cache
    from django.core.wsgi import get_wsgi_application

    from bench.client import cpu_ms, get

    application = get_wsgi_application()
    figures = {}
    for kind, address in addresses().items():
        status, _body = get(application, address)
        if status != 200:
            sys.exit(f"{address} answers {status}")
        cache.clear()
        cold = count_queries(application, address)
        warm = count_queries(application, address)
        time = cpu_ms(application, address)
        figures[kind] = {"address": address, "cold": cold, "queries": warm, "cpu_ms": time}
    settings.HUB_PAGE_CACHE = True
    for kind, address in addresses().items():
        get(application, address)
        figures[kind]["cached"] = count_queries(application, address)
        figures[kind]["cached_cpu_ms"] = cpu_ms(application, address)
    return figures


def count_queries(application: Any, address: str) -> int:
    """How many statements a request sends to any database; setting up connections is not counted."""
    from django.db import connections

    from bench.client import get

    counts: Counter[str] = Counter()

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        counts["all"] += not sql.startswith(("SAVEPOINT", "RELEASE", "BEGIN"))
        return execute(sql, *rest)

    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(count))
        get(application, address)
    return counts["all"]


if __name__ == "__main__":
    import django

    django.setup()
    answer(measure_here())
