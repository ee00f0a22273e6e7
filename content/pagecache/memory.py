"""Pages in the memory of one process: the most wanted ones, within a bound."""

import threading
from collections import OrderedDict
from typing import Any, Protocol

MOST_BYTES = 32 * 1024 * 1024


class Sized(Protocol):
    @property
    def size(self) -> int: ...


class Memory:
    """Drops what was not asked for the longest."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._entries: OrderedDict[str, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> Any:
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                self._entries.move_to_end(key)
            return entry

    def put(self, key: str, entry: Sized) -> None:
        with self._lock:
            former = self._entries.pop(key, None)
            self._bytes += entry.size - (former.size if former is not None else 0)
            self._entries[key] = entry
            while self._bytes > self._most_bytes:
                _key, oldest = self._entries.popitem(last=False)
                self._bytes -= oldest.size
