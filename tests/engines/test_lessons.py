"""Lessons: each runs without its solutions and with them, and has all that a lesson has."""

from fnmatch import fnmatch
from functools import cache
from importlib.util import find_spec

import pytest

from engines.workshop.checking import OPEN, RIGHT, WRONG
from engines.workshop.reading import PARTS, Lesson, cells, lessons
from engines.workshop.running import Trial, trial
from engines.workshop.solutions import has_solution

LESSONS = tuple(lessons().values())
EXTRAS = {
    "fraud": "lightgbm",
    "graph": "numba",
    "ledger": "nacl",
    "report": "altair",
    "rpa": "playwright",
    "sm2": "tongsuopy",
}
every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
LAST_OF_THE_HOUSE = 9


@cache
def tried(lesson: Lesson) -> Trial:
    for extra in ("report", *lesson.needs):
        if find_spec(EXTRAS[extra]) is None:
            pytest.skip(f"waits for {EXTRAS[extra]}: pip install -e '.[{extra}]'")
    return trial(lesson)


def parts_of(lesson: Lesson) -> list:
    if find_spec("jupytext") is None:
        pytest.skip("waits for jupytext: pip install -e '.[lessons]'")
    return cells(lesson)


@every_lesson
def test_a_lesson_is_not_run_when_tests_are_collected(lesson: Lesson, pytestconfig: pytest.Config) -> None:
    """A lesson has no examples for doctest, and to import it is to run it: minutes before the first test."""
    patterns = [str(pytestconfig.rootpath / one) for one in pytestconfig.getoption("ignore_glob")]
    assert any(fnmatch(str(lesson.path), one) for one in patterns)


@every_lesson
def test_solutions_are_right_and_empty_places_are_not(lesson: Lesson) -> None:
    parts_of(lesson)
    told = tried(lesson)
    for printed in told.solved:
        assert RIGHT in printed
        assert WRONG not in printed
        assert OPEN not in printed
    for printed in told.open:
        assert RIGHT not in printed
    assert not any(sign in printed for printed in told.shown for sign in (RIGHT, WRONG, OPEN))


@every_lesson
def test_a_lesson_has_exercises_notes_and_something_in_every_part(lesson: Lesson) -> None:
    parts = parts_of(lesson)
    exercises = [cell for cell in parts if cell.kind == "code" and has_solution(cell.source)]
    is_ours = lesson.number <= LAST_OF_THE_HOUSE
    assert len(exercises) >= (3 if is_ours else 1)
    assert {cell.part for cell in exercises} == {"exercises"}
    assert {cell.part for cell in parts if not cell.teacher} == set(PARTS)
    notes = [cell.source.partition("\n")[0] for cell in parts if cell.teacher]
    assert {"### Goes wrong", "### Say", "### Answers"} <= set(notes)
    assert all("check(" in cell.source for cell in exercises)


@every_lesson
def test_prose_has_no_tex_no_html_and_no_picture_from_elsewhere(lesson: Lesson) -> None:
    for cell in parts_of(lesson):
        if cell.kind == "prose":
            assert not any(stranger in cell.source for stranger in ("$$", "\\(", "<img", "!["))


def test_no_two_lessons_have_one_number() -> None:
    numbers = [lesson.number for lesson in LESSONS]
    assert len(set(numbers)) == len(numbers)
