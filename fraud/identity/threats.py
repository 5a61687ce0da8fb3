"""Threats of a terminal (终端威胁): root, emulator, hook framework, proxy, farm, in grades, each with its reasons.

A policy is data: evidence with points, some of them negative, because a developer roots a phone, a company has a proxy
and a campus one address. Points of a threat are added up and graded; nothing else happens, so a person can follow it.
The policy carries examples of what must come out, and `check_examples` runs them for anybody's file.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

from fraud.errors import IdentityInputError

__all__ = [
    "GRADES",
    "Evidence",
    "Grade",
    "Threat",
    "ThreatPolicy",
    "check_examples",
    "first_policy",
    "judge_terminal",
    "load_threats",
    "parse_threats",
]

Grade: TypeAlias = Literal["none", "suspicious", "likely", "certain"]
GRADES: tuple[Grade, ...] = ("none", "suspicious", "likely", "certain")
GRADES_ZH = {"none": "无", "suspicious": "可疑", "likely": "很可能", "certain": "确定"}
Signals: TypeAlias = Mapping[str, float | None]


@dataclass(frozen=True)
class Evidence:
    """One signal and what it is worth for one threat; it holds if the signal equals, or is at least, the value."""

    threat: str
    signal: str
    value: float
    is_least: bool
    points: int
    reason: str
    reason_zh: str

    def holds(self, signals: Signals) -> bool:
        """Tell whether the signal is there and holds."""
        value = signals.get(self.signal)
        if value is None or value != value:  # missing, also as NaN
            return False
        return value >= self.value if self.is_least else value == self.value


@dataclass(frozen=True)
class Threat:
    """One threat of one terminal: its grade, the points, and the evidence that held, for it and against it."""

    id: str
    name: str
    name_zh: str
    grade: Grade
    points: int
    evidence: tuple[Evidence, ...]

    def explain(self, chinese: bool = False) -> str:
        """Return the grade and each reason with its points in one line."""
        reasons = (f"{one.reason_zh if chinese else one.reason} ({one.points:+d})" for one in self.evidence)
        name, grade = (self.name_zh, GRADES_ZH[self.grade]) if chinese else (self.name, self.grade)
        return f"{name}: {grade}" + "".join(f"; {reason}" for reason in reasons)


@dataclass(frozen=True)
class ThreatPolicy:
    """Threats by id with their names, evidence, the points at which grades begin, and the examples."""

    names: Mapping[str, tuple[str, str]]
    evidence: tuple[Evidence, ...]
    starts: tuple[tuple[int, Grade], ...]
    examples: tuple[tuple[str, Mapping[str, float], Mapping[str, str]], ...]

    def judge(self, signals: Signals) -> list[Threat]:
        """Return all threats of a terminal with their grades, in the order of the policy.

        Raises
        ------
        IdentityInputError
            If a signal is not a number, a truth value or missing.
        """
        for name, value in signals.items():
            if value is not None and not isinstance(value, int | float):
                raise IdentityInputError(f"the signal {name!r} is {value!r}; a signal is a number, or 1 for yes")
        found = []
        for threat, (name, name_zh) in self.names.items():
            held = tuple(one for one in self.evidence if one.threat == threat and one.holds(signals))
            points = sum(one.points for one in held)
            grade: Grade = next((grade for start, grade in self.starts if points >= start), "none")
            found.append(Threat(threat, name, name_zh, grade, points, held))
        return found


def judge_terminal(signals: Signals) -> list[Threat]:
    """Judge the signals of one terminal by the policy that comes with the package.

    Parameters
    ----------
    signals
        Numbers by name, 1 for yes; None and what is not there count for nothing.

    Examples
    --------
    >>> [threat.id for threat in judge_terminal({"hook_library": 1}) if threat.grade != "none"]
    ['hook']
    >>> judge_terminal({"proxy": 1, "company_network": 1})[3].explain()
    "proxy or virtual private network: none; the connection goes through a proxy (+2); the address is a company's ...
    """
    return first_policy().judge(signals)


@cache
def first_policy() -> ThreatPolicy:
    """Return the policy that comes with the package, `fraud/policies/threats.toml`.

    Examples
    --------
    >>> list(first_policy().names)
    ['root', 'emulator', 'hook', 'proxy', 'farm']
    """
    return load_threats(Path(__file__).parents[1] / "policies" / "threats.toml")


def load_threats(path: str | Path) -> ThreatPolicy:
    """Read a policy from a TOML file.

    Raises
    ------
    IdentityInputError
        If the file cannot be read or is not a policy; the message names the entry.

    Examples
    --------
    >>> load_threats("nowhere.toml")
    Traceback (most recent call last):
    fraud.errors.tables.IdentityInputError: nowhere.toml cannot be read: ...
    """
    try:
        return parse_threats(Path(path).read_text(encoding="utf-8"), Path(path).name)
    except (OSError, UnicodeDecodeError) as error:
        raise IdentityInputError(f"{Path(path).name} cannot be read: {error}") from None


def parse_threats(text: str, source: str = "policy") -> ThreatPolicy:
    """Read a policy from the text of a TOML file.

    Raises
    ------
    IdentityInputError
        If it is not TOML or an entry is missing, unknown, or of the wrong kind.

    Examples
    --------
    >>> parse_threats("threat = []")
    Traceback (most recent call last):
    fraud.errors.tables.IdentityInputError: policy: 'grades' is missing; it says at how many points grades begin
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise IdentityInputError(f"{source} is not TOML: {error}") from None
    if unknown := sorted(set(table) - {"grades", "threat", "evidence", "example"}):
        raise IdentityInputError(f"{source}: unknown entry {unknown[0]!r}; known are grades, threat, evidence, example")
    starts = table.get("grades")
    if not isinstance(starts, dict):
        raise IdentityInputError(f"{source}: 'grades' is missing; it says at how many points grades begin")
    points = [start for grade in GRADES[1:] if isinstance(start := starts.get(grade), int)]
    if len(points) != len(GRADES) - 1 or sorted(set(points)) != points:
        raise IdentityInputError(f"{source}: 'grades' must rise through suspicious, likely, certain; it is {starts}")
    names = {
        _take(one, "id", str, source): (_take(one, "name", str, source), _take(one, "name_zh", str, source))
        for one in table.get("threat", [])
    }
    evidence = tuple(_evidence(one, names, f"{source}: evidence {k}") for k, one in enumerate(table["evidence"], 1))
    examples = tuple(
        (_take(one, "title", str, source), _take(one, "signals", dict, source), _take(one, "grades", dict, source))
        for one in table.get("example", [])
    )
    descending = tuple((start, grade) for start, grade in zip(points, GRADES[1:], strict=True))[::-1]
    return ThreatPolicy(names, evidence, descending, examples)


def _take(entry: Mapping[str, Any], name: str, type_: type, where: str) -> Any:
    if not isinstance(entry.get(name), type_) or (type_ is int and isinstance(entry[name], bool)):
        kind = {str: "text", int: "a whole number", dict: "a table in braces"}[type_]
        raise IdentityInputError(f"{where}: {name!r} must be {kind}, not {entry.get(name)!r}")
    return entry[name]


def _evidence(entry: Mapping[str, Any], names: Mapping[str, object], where: str) -> Evidence:
    known = {"threat", "signal", "is", "least", "points", "reason", "reason_zh"}
    if unknown := sorted(set(entry) - known):
        raise IdentityInputError(f"{where}: unknown entry {unknown[0]!r}; known are {', '.join(sorted(known))}")
    threat = _take(entry, "threat", str, where)
    if threat not in names:
        raise IdentityInputError(f"{where}: no threat has the id {threat!r}; there are {', '.join(names)}")
    if ("is" in entry) == ("least" in entry):
        raise IdentityInputError(f"{where}: give either 'is' or 'least'")
    value = entry.get("is", entry.get("least"))
    if not isinstance(value, int | float):
        raise IdentityInputError(f"{where}: the signal is compared with {value!r}; it must be a number")
    texts = (_take(entry, name, str, where) for name in ("reason", "reason_zh"))
    signal, points = _take(entry, "signal", str, where), _take(entry, "points", int, where)
    return Evidence(threat, signal, float(value), "least" in entry, points, *texts)


def check_examples(policy: ThreatPolicy) -> list[str]:
    """Return what examples of a policy do not come out as they must, one sentence each.

    Examples
    --------
    >>> check_examples(first_policy())
    []
    """
    failures = []
    for title, signals, grades in policy.examples:
        found = {threat.id: threat.grade for threat in policy.judge(signals)}
        failures += [
            f"{title}: {threat} is {found.get(threat, 'unknown')!r}, and must be {grade!r}"
            for threat, grade in grades.items()
            if found.get(threat) != grade
        ]
    return failures
