"""Making a new part from its template: `hexi new KIND NAME`.

Nothing that exists is written over, and either all files of a part are there afterwards or none.
"""

import re
from pathlib import Path
from string import Template

from engines.errors import EngineError, UnknownNameError

__all__ = ["KINDS", "its_test", "make"]

KINDS = {
    "case": {"case.py": "engines/cases/{name}.py", "case_test.py": "tests/engines/test_{name}_case.py"},
    "contract": {"contract.py": "ledger/contracts/{name}.py", "contract_test.py": "tests/ledger/test_{name}.py"},
    "lesson": {"lesson.py": "engines/lessons/{number}_{name}.py"},
    "rule": {"rule.toml": "fraud/rulebooks/{name}.toml", "rule_test.py": "tests/fraud/test_rulebook_{name}.py"},
}
"""For each kind the templates, and where what is made of them goes."""

_SHARED_TESTS = {"lesson": "tests/engines/test_lessons.py -k {name}"}
"""Kinds that are tested by a test which finds every part of the kind, and how it is asked for one."""

_TEMPLATES = Path(__file__).with_name("templates")
_ROOT = Path(__file__).resolve().parents[2]
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST_NAME = 40
_FIRST_LESSON_OF_YOURS, _LAST_LESSON = 10, 99


def make(kind: str, name: str, root: Path = _ROOT) -> list[Path]:
    """Write a new part and its test, and return the files.

    Parameters
    ----------
    kind
        One of `KINDS`.
    name
        Of the part; small letters, digits and single underscores (hyphens are taken for them).
    root
        The checkout.

    Raises
    ------
    UnknownNameError
        If there is no such kind.
    EngineError
        If the name is not one, the checkout lacks a folder, or a file is there already.

    Examples
    --------
    >>> make("case", "9 lives")
    Traceback (most recent call last):
    engines.errors.EngineError: '9 lives' is no name for a case: small letters, digits and underscores, such as ...
    """
    if kind not in KINDS:
        raise UnknownNameError("kind", kind, list(KINDS))
    plain = name.replace("-", "_")
    if not _NAME.fullmatch(plain) or len(plain) > _LONGEST_NAME:
        raise EngineError(
            f"{name!r} is no name for a {kind}: small letters, digits and underscores, such as night_transfers"
        )
    words = {"name": plain, "command": plain.replace("_", "-"), "title": plain.replace("_", " ").capitalize()}
    number = _next_number(root) if kind == "lesson" else ""
    made = {
        root / place.format(name=plain, number=number): _filled(template, words)
        for template, place in KINDS[kind].items()
    }
    for path in made:
        if path.exists():
            raise EngineError(f"{path.relative_to(root)} is there already; choose another name than {plain}")
        if not path.parent.is_dir():
            raise EngineError(f"{root} is no checkout of Hexi: it has no folder {path.parent.relative_to(root)}")
    written: list[Path] = []
    try:
        for path, text in made.items():
            written.append(path)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise EngineError(f"{written[-1]} cannot be written: {error.strerror}") from None
    return written


def its_test(kind: str, written: list[Path]) -> str:
    """Return how the test of a new part is asked for, after the word pytest.

    Examples
    --------
    >>> its_test("lesson", [Path("engines/lessons/10_tempo.py")]), its_test("rule", [Path("a.toml"), Path("test_a.py")])
    ('tests/engines/test_lessons.py -k 10_tempo', 'test_a.py')
    """
    return _SHARED_TESTS[kind].format(name=written[0].stem) if kind in _SHARED_TESTS else str(written[-1])


def _next_number(root: Path) -> str:
    """Return the number of the next lesson; those below ten are the house's own."""
    taken = {path.name[:2] for path in (root / "engines" / "lessons").glob("[0-9][0-9]_*.py")}
    for number in range(_FIRST_LESSON_OF_YOURS, _LAST_LESSON + 1):
        if str(number) not in taken:
            return str(number)
    raise EngineError(f"there are lessons up to number {_LAST_LESSON}; take one out first")


def _filled(template: str, words: dict[str, str]) -> str:
    return Template((_TEMPLATES / f"{template}.txt").read_text(encoding="utf-8")).substitute(words)
