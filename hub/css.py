"""The one stylesheet of the public pages.

It is inlined into every page (one round trip less on a weak signal) and allowed by its hash in the
Content-Security-Policy, so the text inlined and the text hashed must be the very same string.
"""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent / "static" / "hub"
SOURCES = ROOT / "css"
TARGET = ROOT / "hub.css"

_STRING_OR_COMMENT = re.compile(r"/\*.*?\*/|\"[^\"\n]*\"|'[^'\n]*'", re.DOTALL)
_PLACEHOLDER = re.compile(r"\x00(\d+)\x00")


def source_files() -> list[Path]:
    """Sources in the order of the cascade; components come by name, their order never matters."""
    return [
        SOURCES / "tokens.css",
        SOURCES / "base.css",
        SOURCES / "layout.css",
        *sorted((SOURCES / "components").glob("*.css")),
        SOURCES / "modes.css",
    ]


def strip(css: str) -> str:
    """Take out comments and needless white space; strings stay as they are."""
    strings: list[str] = []

    def keep(match: re.Match[str]) -> str:
        if match.group().startswith("/*"):
            return " "
        strings.append(match.group())
        return f"\x00{len(strings) - 1}\x00"

    css = _STRING_OR_COMMENT.sub(keep, css)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};,>]) ?", r"\1", css)
    css = re.sub(r": (?=[^{}]*[;}])", ":", css)
    css = css.replace(";}", "}")
    return _PLACEHOLDER.sub(lambda match: strings[int(match.group(1))], css).strip()


def build() -> str:
    """Join the sources afresh. `stylesheet` is the same text, read once per process."""
    return strip("\n".join(path.read_text(encoding="utf-8") for path in source_files()))


@cache
def stylesheet() -> str:
    return build()


def csp_hash(text: str) -> str:
    """The source expression that allows exactly this text in a style element."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def stylesheet_hash() -> str:
    return csp_hash(stylesheet())
