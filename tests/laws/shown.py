"""What a page for people shows of a command line, read as steps, and held against what the commands really say.

A line `...` stands for any lines, and `...` at the end of a line for the rest of it. Numbers may differ by a tenth, or
by three where they are small: the last digits of a model depend on the processor.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = ["Step", "missing", "steps"]

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
TOLERATED_SHARE, TOLERATED_COUNT = 0.1, 3


@dataclass
class Step:
    command: str
    shown: list[str] = field(default_factory=list)


def steps(lines: Iterable[str]) -> list[Step]:
    """A line that begins with `$ ` is a command, `> ` goes on with it, and what follows is what it says."""
    found: list[Step] = []
    for line in lines:
        if line.startswith("$ "):
            found.append(Step(line[2:]))
        elif found and line[:2] in (">", "> ") and not found[-1].shown:
            found[-1].command += f"\n{line[2:]}"
        elif found:
            found[-1].shown.append(line)
    return found


def missing(shown: list[str], said: str) -> str | None:
    """The first shown segment (what stands between two `...`) that is not said, in order."""
    place = 0
    for wanted in "\n".join(shown).split("..."):
        numbers = [token for token in _tokens(wanted) if NUMBER.fullmatch(token)]
        places = _pattern(wanted).finditer(said, place)
        found = next((one for one in places if all(map(_is_near, numbers, one.groups()))), None)
        if found is None:
            return wanted
        place = found.end()
    return None


def _pattern(segment: str) -> re.Pattern[str]:
    """The words of a segment with any space between them (lines break elsewhere when a number is longer)."""
    parts = [NUMBER.pattern.join("()") if NUMBER.fullmatch(token) else re.escape(token) for token in _tokens(segment)]
    return re.compile(r"\s*".join(parts))


def _tokens(segment: str) -> list[str]:
    return re.findall(rf"{NUMBER.pattern}|\S", segment)


def _is_near(shown: str, said: str) -> bool:
    left, right = float(shown.replace(",", "")), float(said.replace(",", ""))
    return abs(left - right) <= max(TOLERATED_COUNT, TOLERATED_SHARE * abs(left))
