"""Goes through the eligibility questions of ten imported guides. Run by the corpus test in a process
of its own: ``python tests/corpus/check_eligibility.py RESULT.json`` with the settings of that hub.
"""

import itertools
import json
import math
import os
import random
import re
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings.dev")

import django

django.setup()

from django.test import Client  # noqa: E402  after setup

from content.models import PageFacts  # noqa: E402
from guides.models import GuidePage  # noqa: E402
from partners.eligibility import NONE_OF_THESE, UNKNOWN  # noqa: E402

GUIDES = 10
MOST = 1000
SEED = 20261122
WAYS = re.compile(r'href="(tel:|mailto:|https?://|/)')


def guides():
    """The first ten live English guides with questions, by their address."""
    rows = PageFacts.objects.readable().filter(kind="guide", locale_code="en").order_by("url")
    for row in rows:
        page = GuidePage.objects.get(pk=row.page_id)
        for block in page.body.blocks_by_name("eligibility"):
            if len(block.value["questions"]):
                yield page, block


def combinations(rules):
    """Every combination of answers, or as many drawn by a fixed seed where there are more."""
    choices = [[*rule.leads, NONE_OF_THESE, UNKNOWN] for rule in rules]
    if math.prod(len(values) for values in choices) <= MOST:
        return list(itertools.product(*choices))
    draw = random.Random(SEED)  # noqa: S311  a fixed draw, nothing secret
    return [tuple(draw.choice(values) for values in choices) for _ in range(MOST)]


def check(page, block, client):
    """Outcomes of all combinations, and what a reader is shown for one of each outcome."""
    rules = block.value.rules()
    outcomes, example = Counter(), {}
    for answers in combinations(rules):
        data = {f"{block.id}-{rule.criterion}": a for rule, a in zip(rules, answers, strict=True)}
        outcome = block.block.evaluate_answers(block.value, block.id, data)["outcome"]
        outcomes[str(outcome)] += 1
        example.setdefault(str(outcome), data)
    shown = {}
    for outcome, data in example.items():
        answer = client.post(f"/en/check/{page.pk}/{block.id}/", data)
        result = re.search(r'role="status">(.*?)</div>', answer.content.decode(), re.DOTALL)
        # Asking needs somebody to ask; applying stands on the page itself.
        way = bool(WAYS.search(result[1])) if outcome == "ask" else bool(result[1].strip())
        shown[outcome] = [answer.status_code, way]
    return {"page": page.url_path, "outcomes": outcomes, "shown": shown}


def main():
    client = Client(HTTP_HOST="localhost")
    found = [check(page, block, client) for page, block in itertools.islice(guides(), GUIDES)]
    Path(sys.argv[1]).write_text(json.dumps(found))


main()
