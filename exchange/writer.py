"""Collects the blocks of a page body, as plain data in the shapes of ``content.blocks``."""

from dataclasses import dataclass, field
from typing import Any

from exchange.rich import clean_rich

Block = dict[str, Any]

# A text block is short: it holds so many paragraphs and letters.
PARAGRAPHS = 3
LETTERS = 1200


@dataclass
class Writer:
    """Collects blocks; neighbouring paragraphs and lists share a short text block."""

    # Inside a box, where only simple blocks may stand.
    inner: bool
    blocks: list[Block] = field(default_factory=list)
    # Blocks that may not stand in the box: they come right after it.
    hoisted: list[Block] = field(default_factory=list)
    _rich: list[str] = field(default_factory=list)
    _paragraphs: int = 0
    _letters: int = 0

    def rich(self, html: str, is_list: bool = False) -> None:
        if not html:
            return
        full = self._paragraphs >= PARAGRAPHS or self._letters > LETTERS
        if full and not (is_list and self._paragraphs == PARAGRAPHS):
            self.flush()
        self._rich.append(html)
        self._letters += len(html)
        # A list ends its block: what it belongs to stands before it.
        self._paragraphs += PARAGRAPHS + 1 if is_list else 1

    def flush(self) -> None:
        """End the text block that is being filled."""
        if self._rich:
            self.blocks.append({"type": "text", "value": clean_rich("".join(self._rich))})
        self._rich, self._paragraphs, self._letters = [], 0, 0

    def block(self, kind: str, value: Any) -> None:
        self.extend([{"type": kind, "value": value}])

    def extend(self, blocks: list[Block]) -> None:
        if blocks:
            self.flush()
            self.blocks += blocks
