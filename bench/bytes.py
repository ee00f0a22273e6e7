"""What travels: HTML with its inlined stylesheet, compressed, and how many elements it holds."""

import gzip
from typing import Any

from bench.hub import Hub
from bench.report import Table, answer, verdict

# Budgets of pages in bytes, brotli at its best, and in elements; gzip may be a quarter larger.
BUDGETS = {
    "home": (9_000, 400), "partner": (10_000, 500), "index": (12_000, 1_200),
    "toolkit": (11_000, 600), "part": (11_000, 600), "lesson": (11_000, 600),
    "course": (10_000, 500), "unit": (10_000, 500), "session": (9_000, 400),
    "guide": (10_000, 500), "journey": (10_000, 500), "topic": (12_000, 1_200),
    "notice": (10_000, 500), "info": (10_000, 500), "browse": (9_000, 600),
    "topics": (12_000, 1_200), "partners": (12_000, 1_200), "notices": (12_000, 1_200),
    "404": (4_500, 120), "500": (4_500, 120),
}  # fmt: skip
LISTS = ("browse", "topics", "partners", "notices")
GZIP = 1.25


def measure(demo: Hub) -> Table:
    found = demo.copy("bytes").ask("-m", "bench.bytes")
    sheet = found.pop("stylesheet")
    rows: list[list[Any]] = [
        ["stylesheet alone", 1, sheet["br"], None, sheet["gz"], None, None, None, ""]
    ]
    for kind, (budget, elements) in BUDGETS.items():
        if kind in found:
            page = found[kind]
            over = (
                verdict(page["br"], budget)
                or verdict(page["gz"], budget * GZIP)
                or verdict(page["elements"], elements)
            )
            rows.append(
                [kind, page["pages"], page["br"], budget, page["gz"], page["elements"], elements,
                 page["address"], over]
            )  # fmt: skip
    return Table(
        "bytes",
        "HTML with its stylesheet: the largest demo page of each kind, all languages",
        ["kind", "pages", "brotli 11", "budget", "gzip 9", "elements", "budget", "page", ""],
        rows,
        [f"The budget of gzip is {GZIP} times that of brotli."],
    )


def measure_here() -> dict[str, dict[str, Any]]:
    """The largest page of each kind, by brotli."""
    from django.core.wsgi import get_wsgi_application

    from bench.client import get
    from content.models import PageFacts
    from hub.css import stylesheet
    from hub.error_pages import error_page

    application = get_wsgi_application()
    found: dict[str, dict[str, Any]] = {}

    def add(kind: str, address: str, body: bytes) -> None:
        size = weigh(body)
        best = found.setdefault(kind, {"pages": 0, "br": 0})
        pages = best["pages"] + 1
        found[kind] = {**(size if size["br"] > best["br"] else best), "pages": pages}
        found[kind].setdefault("address", address)

    for row in PageFacts.objects.readable().order_by("pk"):
        add(row.kind, row.url, get(application, row.url)[1])
    languages = PageFacts.objects.readable().values_list("locale_code", flat=True).distinct()
    for code in sorted(languages):
        for name in LISTS:
            add(name, f"/{code}/{name}/", get(application, f"/{code}/{name}/")[1])
        add("404", f"/{code}/nothing-here/", get(application, f"/{code}/nothing-here/")[1])
        add("500", code, error_page(code).encode())
    found["stylesheet"] = weigh(f"<style>{stylesheet()}</style>".encode())
    return found


def weigh(body: bytes) -> dict[str, int]:
    import brotli
    from lxml import html

    return {
        "br": len(brotli.compress(body, quality=11)),
        "gz": len(gzip.compress(body, 9)),
        "elements": sum(isinstance(node.tag, str) for node in html.fromstring(body).iter()),
    }


if __name__ == "__main__":
    import django

    django.setup()
    answer(measure_here())
