"""What reviewing costs: dashboard and list at 10 and at 1,000 waiting pages, a hand-in, a vote."""

import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from bench.hub import Hub
from bench.report import Table, answer

FEW, MANY = 10, 1000
TIMES = 20


def measure(demo: Hub) -> Table:
    found = demo.copy("reviews").ask("-m", "bench.reviews")
    rows = [[name, row["ms"], row["cpu_ms"], row["queries"]] for name, row in found.items()]
    return Table(
        "reviews",
        f"Reviewing: median of {TIMES}, SQLite, through the admin's own addresses",
        ["", "ms", "CPU ms", "queries"],
        rows,
        [f"Waiting pages beside those of the demo: {FEW} and {MANY}."],
    )


class Bench:
    """A partner's author and approver, and as many waiting drafts as asked for."""

    def __init__(self) -> None:
        from django.conf import settings
        from django.contrib.auth import get_user_model
        from django.test import Client

        from lessons.models import CaseStudyIndexPage
        from partners.models import Partner
        from partners.services import add_membership
        from translations.services import ensure_index_page, ensure_locales

        users = get_user_model().objects
        self.partner = Partner.objects.filter(kind="government").order_by("pk")[0]
        self.section = ensure_index_page(self.partner, ensure_locales()[0], CaseStudyIndexPage)
        self.author = users.create_user("bench-author")
        self.approver = users.create_user("bench-approver")
        add_membership(user=self.author, role="editor", partner=self.partner)
        add_membership(user=self.approver, role="approver", partner=self.partner)
        self.client = Client(headers={"host": urlsplit(settings.HUB_BASE_URL).netloc})
        self.client.force_login(self.approver)
        self.waiting: list[Any] = []

    def draft(self) -> Any:
        from lessons.models import CaseStudyPage

        number = len(self.waiting)
        page = CaseStudyPage(
            title=f"Bench {number}",
            slug=f"bench-{number}",
            summary="A case.",
            owner=self.author,
            owner_partner=self.partner,
            live=False,
        )
        self.section.add_child(instance=page)
        page.save_revision(user=self.author)
        self.waiting.append(page)
        return page

    def fill(self, wanted: int) -> None:
        from editorial.services.submission import submit

        while len(self.waiting) < wanted:
            submit(self.draft(), self.author)

    def get(self, path: str) -> None:
        assert self.client.get(path).status_code == 200, path  # noqa: S101

    def approve(self) -> None:
        from editorial.services.votes import vote

        page = self.waiting.pop()
        state = type(page).objects.get(pk=page.pk).current_workflow_task_state
        vote(state.pk, self.approver, "approve")


def timed(act: Callable[[], Any], times: int = TIMES) -> dict[str, float]:
    """Median milliseconds, median processor milliseconds, and statements of the last call."""
    from django.db import connection

    ms, cpu, count = [], [], 0

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal count
        if not sql.startswith(("SAVEPOINT", "RELEASE", "BEGIN")):
            count += 1
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        for _number in range(times):
            count = 0
            started, used = time.perf_counter(), time.process_time()
            act()
            ms.append((time.perf_counter() - started) * 1000)
            cpu.append((time.process_time() - used) * 1000)
    return {"ms": round(median(ms), 1), "cpu_ms": round(median(cpu), 1), "queries": count}


def main() -> None:
    from django.urls import reverse

    from editorial.services.submission import submit

    bench = Bench()
    found = {}
    home, queue = reverse("wagtailadmin_home"), reverse("desk:queue")
    for wanted in (FEW, MANY):
        bench.fill(wanted)
        bench.get(home)
        found[f"dashboard, {wanted:,} waiting"] = timed(lambda: bench.get(home))
        found[f"list of reviews, {wanted:,} waiting"] = timed(lambda: bench.get(queue))
    drafts = [bench.draft() for _number in range(TIMES)]
    found["hand in"] = timed(lambda: submit(drafts.pop(), bench.author))
    found["approve and publish"] = timed(bench.approve)
    answer(found)


if __name__ == "__main__":
    import django

    django.setup()
    sys.exit(main())
