"""Compares every imported page with its source. Run by the corpus test in a process of its own:

``python tests/corpus/check_pages.py CORPUS RESULT.json`` with the settings of an imported hub.
"""

import json
import os
import sys
from collections import Counter, defaultdict
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings.dev")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402  after setup
from django.test import Client  # noqa: E402
from wagtail.models import Page  # noqa: E402

from content.languages import bcp47  # noqa: E402
from content.models import PageFacts  # noqa: E402
from exchange.document import Document  # noqa: E402
from exchange.formats.interchange import SourceFile, read_file  # noqa: E402
from exchange.models import ImportItem  # noqa: E402
from exchange.problems import Problems  # noqa: E402
from exchange.roads import Options, Roads  # noqa: E402
from exchange.words import coverage, expected, html_chunks, source_chunks, words  # noqa: E402

# Form -> list -> (block type or page field that holds its items)
LISTS = {
    "play": {"checklist": "checklist", "key_questions": "key_questions"},
    "plays": {"plays": "heading"},
    "method": {"steps": "numbered_steps"},
    "standard": {"guidelines": "heading"},
    "criterion": {
        "requirements": "requirement", "how_to_test": "requirement",
        "policy_makers": "requirement", "managers": "requirement", "developers": "requirement",
    },
    None: {"requirements": "requirement"},
    "case-study": {"sections": "heading", "testimonials": "quotation", "links": "link_list"},
    "module-unit": {
        "questions": "key_questions", "objectives": "field:objectives",
        "keypoints": "field:key_points", "activities": "checklist",
    },
    "benefit": {"eligibility": "eligibility"},
    "licence": {
        "documents_and_requirements": "documents_needed", "eligibility": "eligibility",
        "callouts": "callout",
    },
    "service": {"deadlines": "deadlines"},
}  # fmt: skip


def items_of(structure, name):
    values = getattr(structure, name, None) or []
    values = list(values.values()) if isinstance(values, dict) else values
    for value in values:
        if isinstance(value, str):
            yield value
        elif hasattr(value, "quote"):
            yield value.quote
        else:
            yield value.label


def texts(value):
    """Strings of raw block data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def holds(page, kind, key, main):
    """Whether a block of this type, or this field, has the item."""
    if kind.startswith("field:"):
        raw = getattr(page, kind[6:]).raw_data
        return any(words(row["value"]) == key for row in raw)
    if kind == "deadlines":
        return any(row["type"] == "deadlines" for row in page.body.raw_data)
    for row in page.body.raw_data:
        if row["type"] != kind:
            continue
        for text in texts(row["value"]):
            for chunk in [text, *html_chunks(text)]:
                found = words(chunk)
                if found == key or found[: len(key)] == key:
                    return True
            if contains(words(" ".join(html_chunks(text))), key):
                return True
    return False


def contains(where, key):
    return occurrences(where, key) > 0


def occurrences(where, key):
    if not key:
        return 0
    return sum(where[n : n + len(key)] == key for n, word in enumerate(where) if word == key[0])


def without_nav(html):
    while "<nav" in html:
        start = html.index("<nav")
        end = html.find("</nav>", start)
        html = html[:start] + (html[end + 6 :] if end > 0 else "")
    return html


def main(corpus, target):
    admin = get_user_model().objects.create_superuser("corpus-check", password=None)
    host = urlsplit(settings.HUB_BASE_URL).netloc
    reader, editor = Client(HTTP_HOST=host), Client(HTTP_HOST=host)
    editor.force_login(admin)
    result = {"pages": 0, "live": 0, "drafts": 0, "bad_status": [], "bad_language": [],
              "low": [], "low_signed_in": [], "words": 0, "found": 0, "forms": {},
              "missing": [], "wrong_block": [], "doubled": []}  # fmt: skip
    forms = defaultdict(Counter)
    items = {}
    for item in ImportItem.objects.exclude(kind="section").order_by("pk"):
        items[item.external_id] = item
    for external_id, item in items.items():
        result["pages"] += 1
        page = Page.objects.get(pk=item.page_id).specific
        source = SourceFile(corpus / f"{external_id}.md", f"{external_id}.md")
        problems = Problems(source.name)
        read = read_file(source, problems)
        if not page.live:
            result["drafts"] += 1
            continue
        result["live"] += 1
        url = PageFacts.objects.get(page_id=page.pk).url
        response = reader.get(url)
        if response.status_code != 200:
            result["bad_status"].append([url, response.status_code])
            continue
        html = response.content.decode()
        if f'lang="{bcp47(item.locale_code)}"' not in html[:400]:
            result["bad_language"].append([url, html[:200]])
        body = without_nav(html[html.index("<main") :])
        chunks = html_chunks(body, only="main")
        main_words = words(" ".join(chunks))
        chunk_words = [words(chunk) for chunk in chunks]
        document = Document(
            read, item.locale_code, Problems(source.name), None, True, Roads(Options(publish=True))
        )
        moved = []
        said = source_chunks(read.body, read.front.format)
        source_words = [word for chunk in said for word in chunk.words]
        listed = [
            words(document.story.plain(text))
            for name in LISTS.get(document.form or None, {})
            for text in items_of(document.structure, name)
        ]
        for name, kind in LISTS.get(document.form or None, {}).items():
            for text in items_of(document.structure, name):
                plain = document.story.plain(text)
                key = words(plain)
                if not key:
                    continue
                if kind != "heading":
                    moved.append(plain)
                count = (
                    occurrences(main_words, key)
                    if len(key) > 3
                    else sum(chunk == key for chunk in chunk_words)
                )
                label = f"{document.form or 'none'}.{name}"
                forms[label]["items"] += 1
                if not count:
                    forms[label]["missing"] += 1
                    result["missing"].append([external_id, name, plain])
                # A source may say it several times: in its text, or in two of its lists.
                elif count > max(
                    occurrences(source_words, key), sum(occurrences(row, key) for row in listed)
                ):
                    forms[label]["doubled"] += 1
                    result["doubled"].append([external_id, name, plain, count])
                if not holds(page, kind, key, main_words):
                    forms[label]["wrong_block"] += 1
                    result["wrong_block"].append([external_id, name, plain])
        # The summary above the body may quote it.
        lede = words(page.lede)
        places = [n for n in range(len(main_words)) if main_words[n : n + len(lede)] == lede]
        if lede and places:
            del main_words[places[0] : places[0] + len(lede)]
        chunks = said
        share = coverage(expected(chunks, moved), main_words)
        result["words"] += share.total
        result["found"] += share.found
        if share.share < 0.995:
            result["low"].append([share.share, external_id, share.lost[:15]])
        if any(chunk.restricted for chunk in chunks):
            html = editor.get(url).content.decode()
            body = without_nav(html[html.index("<main") :])
            said = words(" ".join(html_chunks(body, only="main")))
            share = coverage(expected(chunks, moved, restricted=True), said)
            if share.share < 0.995:
                result["low_signed_in"].append([share.share, external_id, share.lost[:15]])
    result["forms"] = {name: dict(counts) for name, counts in sorted(forms.items())}
    admin.delete()
    target.write_text(json.dumps(result, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
