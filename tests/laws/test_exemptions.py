"""Exemptions from the checks: each is for one rule, on one line, and says why."""

import re
import tomllib

import pytest

from tests.laws.house import ROOMS, ROOT

EXEMPTION = re.compile(r"#\s*(type:\s*ignore|noqa|pragma: no cover|mypy:|ruff:)")
RULE = r"type: ignore\[[a-z-]+(, ?[a-z-]+)*\]|(ruff: )?noqa: [A-Z]+\d+(, ?[A-Z]+\d+)*|pragma: no cover"
WITH_REASON = re.compile(rf"# ({RULE})\s+(#|-) ?\S.{{3,}}")
MODULES = [
    path for room in (*ROOMS, "tests") for path in sorted((ROOT / room).rglob("*.py")) if "build" not in path.parts
]


def unexplained(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if EXEMPTION.search(line) and not WITH_REASON.search(line)]


@pytest.mark.parametrize("room", [*ROOMS, "tests"])
def test_every_exemption_names_its_rule_and_its_reason(room: str) -> None:
    found = {
        str(path.relative_to(ROOT)): lines
        for path in MODULES
        if path.relative_to(ROOT).parts[0] == room and path.name != "test_exemptions.py"
        for lines in [unexplained(path.read_text(encoding="utf-8"))]
        if lines
    }
    assert not found


@pytest.mark.parametrize(
    "line", ["x  # noqa", "x  # noqa: S603", "x  # type: ignore", "x  # type: ignore  # no code", "# ruff: noqa"]
)
def test_one_without_rule_or_reason_is_noticed(line: str) -> None:
    assert unexplained(line) == [line]
    assert not unexplained("x  # noqa: S603  # our own words")


def test_types_are_strict_for_every_room_but_for_libraries_that_have_none() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    assert settings["strict"] is True
    assert set(settings["packages"]) == set(ROOMS)
    [override] = settings["overrides"]
    assert override.keys() == {"module", "ignore_missing_imports"}
    assert not [name for name in override["module"] if name.split(".")[0] in ROOMS]
