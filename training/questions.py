"""Judges answers to self-check questions. Plain Python; ``given`` is the list of posted values."""

import unicodedata
from collections.abc import Sequence, Set
from decimal import Decimal


def check_choice(correct: Set[str], given: Sequence[str]) -> bool:
    return len(given) == 1 and given[0] in correct


def check_choices(correct: Set[str], given: Sequence[str]) -> bool:
    return set(given) == set(correct)


def check_true_false(correct: bool, given: Sequence[str]) -> bool:
    return given[0] == ("true" if correct else "false")


def check_number(correct: str, tolerance: str, given: Sequence[str]) -> bool:
    """Compare as decimals; digits of any script and a decimal comma are understood."""
    try:
        answer = Decimal(_plain_digits(given[0]))
        return answer.is_finite() and abs(answer - Decimal(correct)) <= Decimal(tolerance)
    except ArithmeticError:  # no number, or one too large to calculate with
        return False


def check_text(accepted: Sequence[str], given: Sequence[str]) -> bool:
    """Compare without case, accents of compatibility forms, punctuation and extra spaces."""
    return _folded(given[0]) in {_folded(text) for text in accepted}


def _plain_digits(text: str) -> str:
    digits = "".join(
        str(unicodedata.digit(char)) if unicodedata.digit(char, None) is not None else char
        for char in text.strip()
    )
    return digits.replace("٫", ".").replace(",", ".").replace("−", "-")


def _folded(text: str) -> str:
    kept = "".join(
        " " if unicodedata.category(char)[0] in "PZ" else char
        for char in unicodedata.normalize("NFKC", text).casefold()
    )
    return " ".join(kept.split())
