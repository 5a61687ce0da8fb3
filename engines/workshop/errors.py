"""Refusals of the workshop: what is wrong with a lesson, with its name and what would be right."""

from engines.errors import EngineError

__all__ = ["LessonError", "LessonFailedError"]


class LessonError(EngineError):
    """A lesson is not written as lessons are.

    Examples
    --------
    >>> print(LessonError("01_rules", "it has no TITLE_ZH"))
    lesson 01_rules: it has no TITLE_ZH
    """

    def __init__(self, lesson: str, what: str) -> None:
        super().__init__(f"lesson {lesson}: {what}")


class LessonFailedError(LessonError):
    """A cell of a lesson raised an error when it was run."""
