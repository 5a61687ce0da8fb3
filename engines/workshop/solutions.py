"""Solutions: the lines of an exercise between their marks, which students do not get."""

import re

from engines.workshop.errors import LessonError

__all__ = ["has_solution", "with_solutions", "without_solutions"]

_BEGIN = re.compile(r"\s*# solution\s*")
_END = re.compile(r"\s*# end of solution\s*")
_PLACE = "...  # your lines here · 在此作答"


def has_solution(source: str) -> bool:
    r"""Return whether a cell holds a solution.

    Examples
    --------
    >>> has_solution("x = ...\n# solution\nx = 3\n# end of solution")
    True
    """
    return any(_BEGIN.fullmatch(line) for line in source.splitlines())


def with_solutions(source: str, lesson: str) -> str:
    r"""Return a cell as teachers get it: the solution stands in it, with its first mark as a heading.

    Examples
    --------
    >>> print(with_solutions("x = ...\n# solution\nx = 3\n# end of solution\nprint(x)", "01"))
    x = ...
    # solution · 参考答案
    x = 3
    # end of solution
    print(x)
    """
    _check_marks(source, lesson)
    return "\n".join(line.rstrip() + " · 参考答案" if _BEGIN.fullmatch(line) else line for line in source.splitlines())


def without_solutions(source: str, lesson: str) -> str:
    r"""Return a cell as students get it: an empty place that runs, as deep as the solution stood.

    Parameters
    ----------
    source
        Of the cell.
    lesson
        Its lesson, for the refusal.

    Raises
    ------
    LessonError
        If a mark has no partner, or what is left is no Python.

    Examples
    --------
    >>> print(without_solutions("x = ...\n# solution\nx = 3\n# end of solution\nprint(x)", "01"))
    x = ...
    ...  # your lines here · 在此作答
    print(x)
    """
    _check_marks(source, lesson)
    kept = []
    inside = False
    for line in source.splitlines():
        if _BEGIN.fullmatch(line):
            inside = True
            kept.append(line[: len(line) - len(line.lstrip())] + _PLACE)
        elif _END.fullmatch(line):
            inside = False
        elif not inside:
            kept.append(line)
    text = "\n".join(kept)
    try:
        compile(text, lesson, "exec")
    except SyntaxError as error:
        raise LessonError(lesson, f"without the solution this is no Python ({error.msg}): {error.text}") from None
    return text


def _check_marks(source: str, lesson: str) -> None:
    inside = False
    for line in source.splitlines():
        is_begin, is_end = bool(_BEGIN.fullmatch(line)), bool(_END.fullmatch(line))
        if (is_begin and inside) or (is_end and not inside):
            raise LessonError(lesson, f"the mark {line.strip()!r} has no partner")
        inside = is_begin or (inside and not is_end)
    if inside:
        raise LessonError(lesson, "a '# solution' has no '# end of solution' in its cell")
