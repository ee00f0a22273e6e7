"""What a process does while a cache does not answer: it asks seldom and remembers lost writes."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

import structlog

from content.jobs.errors import DependencyDown

PAUSE_SECONDS = 5.0
ORDER_SECONDS = 1.0

logger = structlog.get_logger("hub.caches")
Value = TypeVar("Value")


class Breaker:
    """Stands between a process and its cache.

    After a failure nobody asks for some seconds: a request pays for one time-out, not for one per
    key. Then one caller tries, the others still go without. A write that did not arrive leaves an old
    value behind, so the cache is emptied before this process reads it again; ``order_clearing`` sees
    to it that somebody does so even if this process dies.
    """

    def __init__(self, clear: Callable[[], object], order_clearing: Callable[[], None]) -> None:
        self._clear = clear
        self._order_clearing = order_clearing
        self._lock = threading.Lock()
        self._is_down = False
        self._ask_again = 0.0
        self._holds_old_values = False
        self._next_order = 0.0

    def call(
        self, operation: Callable[[], Value], otherwise: Value, *, leaves_old: bool = False
    ) -> Value:
        """Return what the operation returns, or ``otherwise`` if the cache does not answer.

        Args:
            leaves_old: without this operation the cache may hold a value that is no longer true.
        """
        if not self._may_ask():
            self._lose(leaves_old)
            return otherwise
        try:
            if self._holds_old_values:
                self._clear()
                self._holds_old_values = False
            result = operation()
        except DependencyDown as error:
            self._fail(error)
            self._lose(leaves_old)
            return otherwise
        except Exception:  # the caller's mistake or a counter that is missing: it did answer
            self._answered()
            raise
        self._answered()
        return result

    def _may_ask(self) -> bool:
        if not self._is_down:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._ask_again:
                return False
            self._ask_again = now + PAUSE_SECONDS
            return True

    def _answered(self) -> None:
        if self._is_down:
            self._is_down = False
            logger.info("cache answers again")

    def _fail(self, error: DependencyDown) -> None:
        with self._lock:
            is_new = not self._is_down
            self._is_down = True
            self._ask_again = time.monotonic() + PAUSE_SECONDS
        if is_new:
            logger.warning("cache does not answer", reason=str(error))

    def _lose(self, leaves_old: bool) -> None:
        if not leaves_old:
            return
        self._holds_old_values = True
        with self._lock:
            now = time.monotonic()
            if now < self._next_order:
                return
            self._next_order = now + ORDER_SECONDS
        self._order_clearing()
