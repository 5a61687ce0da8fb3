"""Checking an answer: right, wrong with a hint, or not given yet; never an error that stops the lesson."""

from collections.abc import Callable
from typing import Any

__all__ = ["OPEN", "RIGHT", "WRONG", "check"]

RIGHT, WRONG, OPEN = "✓", "✗", "○"


def check(name: str, answer: Any, is_right: Callable[[Any], Any], hint: str) -> None:
    """Say whether an answer is right.

    Parameters
    ----------
    name
        Number of the exercise.
    answer
        What was answered; `...` or None stand for nothing yet.
    is_right
        Gets the answer; an error that it raises counts as wrong, and is told.
    hint
        What to look at again; said only if the answer is wrong.

    Examples
    --------
    >>> check("1", 3, lambda answer: answer == 3, "count again")
    ✓ exercise 1: right · 正确
    >>> check("1", 4, lambda answer: answer == 3, "count again")
    ✗ exercise 1: not yet, count again · 再试一次
    >>> check("1", ..., lambda answer: answer == 3, "count again")
    ○ exercise 1: no answer yet · 尚未作答
    """
    if answer is None or answer is ...:
        print(f"{OPEN} exercise {name}: no answer yet · 尚未作答")  # noqa: T201  # a lesson speaks to its reader
        return
    told = ""
    try:
        right = bool(is_right(answer))
    except Exception as error:  # whatever a learner hands in must not stop the lesson
        right = False
        told = f" ({type(error).__name__}: {error})"
    verdict = f"{RIGHT} exercise {name}: right · 正确"
    if not right:
        verdict = f"{WRONG} exercise {name}: not yet, {hint}{told} · 再试一次"
    print(verdict)  # noqa: T201  # a lesson speaks to its reader
