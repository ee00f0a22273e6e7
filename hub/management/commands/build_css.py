import gzip
from typing import Any

import brotli
from django.core.management.base import BaseCommand, CommandError, CommandParser

from hub import css


class Command(BaseCommand):
    help = "Join the stylesheet sources into hub/static/hub/hub.css and print its sizes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="Write nothing; fail when hub.css differs from its sources.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        text = css.build()
        if options["check"]:
            if not css.TARGET.exists() or css.TARGET.read_text(encoding="utf-8") != text:
                raise CommandError("hub.css differs from its sources: run manage.py build_css")
            return
        css.TARGET.write_text(text, encoding="utf-8")
        raw = text.encode()
        self.stdout.write(
            f"{css.TARGET.name}: {len(raw):,} B, brotli {len(brotli.compress(raw, quality=11)):,} B, "
            f"gzip {len(gzip.compress(raw, 9)):,} B"
        )
