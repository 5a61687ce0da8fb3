"""A rulebook on one event by others: zen-engine, CEL, JsonLogic in Rust, and Python's own lambdas.

Each is given the event in the form it takes (a dictionary) and all conditions translated and compiled before; the clock
runs from the event to the positions of the rules that hit. Where a library can evaluate one list of all conditions in
one call, that is how it is asked, because it is faster; zen-engine is asked rule by rule as well, as rulebooks are
usually kept.
"""

import importlib.util
import sys
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.errors import PeerMissingError
from benchmarks.rule_dialects import CEL, PYTHON, ZEN, JsonLogic, translate

__all__ = ["Judge", "Single", "singles"]

Judge = Callable[[dict[str, Any]], tuple[int, ...]]
"""From one event to the positions of the rules that hit."""


@dataclass(frozen=True)
class Single:
    """A peer: its name, its function, and how an event must look for it."""

    name: str
    judge: Judge
    shape: Callable[[Mapping[str, Any]], dict[str, Any]]


def singles(tests: Sequence[Any], never_missing: Collection[str] = ()) -> tuple[Single, ...]:
    """Return the peers, with all conditions compiled.

    Parameters
    ----------
    tests
        Conditions of the rules, see `fraud.rules.rulebook.Rule.test`.
    never_missing
        Fields that every event has.

    Raises
    ------
    PeerMissingError
        If one is not installed.

    Examples
    --------
    >>> from fraud.rules.language import parse_condition
    >>> tests = [parse_condition("hour < 6"), parse_condition("ip is null"), parse_condition("hour >= 6")]
    >>> [peer.judge(peer.shape({"hour": 7, "ip": None})) for peer in singles(tests)] == [(1, 2)] * 6
    True
    """
    for module, package in (
        ("datalogic_py", "datalogic-py"),
        ("cel", "common-expression-language"),
        ("zen", "zen-engine"),
    ):
        if importlib.util.find_spec(module) is None:
            raise PeerMissingError(f"{package} is not installed; the extra 'peers' of Hexi has all of them")
    zen, cel, tree = ([translate(test, one, never_missing) for test in tests] for one in (ZEN, CEL, JsonLogic()))
    python = _python(tests, never_missing)
    return (
        Single("Python lambdas", _lambdas(python), dict),
        Single("Python, one function of all", _fused(python), dict),
        Single("JsonLogic in Rust (datalogic)", _json_logic(tree), dict),
        Single("CEL in Rust", _cel(cel), _with_floats),
        Single("zen-engine, one list", _zen_list(zen), dict),
        Single("zen-engine, rule by rule", _zen_each(zen), dict),
    )


def _true(values: Sequence[Any]) -> tuple[int, ...]:
    return tuple(place for place, value in enumerate(values) if value)


def _with_floats(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event whose numbers are all floats: CEL compares no integer with a float."""
    return {name: float(value) if isinstance(value, int) else value for name, value in event.items()}


def _module(source: str) -> Any:
    """Import Python that was made here: its text comes from parsed conditions, and lies in a file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rules_of_a_benchmark.py"
        path.write_text(source, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None  # the file was just written
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        keep, sys.dont_write_bytecode = sys.dont_write_bytecode, True
        try:
            spec.loader.exec_module(module)
        finally:
            sys.dont_write_bytecode = keep
        return module


def _python(tests: Sequence[Any], never_missing: Collection[str]) -> list[str]:
    dialect = replace(PYTHON, looked_up="e['{name}']")
    return [translate(test, dialect, never_missing) for test in tests]


def _lambdas(conditions: Sequence[str]) -> Judge:
    made = _module("RULES = (" + "".join(f"lambda e: {one}," for one in conditions) + ")").RULES
    return lambda event: tuple(place for place, rule in enumerate(made) if rule(event))


def _fused(conditions: Sequence[str]) -> Judge:
    lines = "".join(f"    if {one}: hits.append({place})\n" for place, one in enumerate(conditions))
    judge: Judge = _module(f"def judge(e):\n    hits = []\n{lines}    return tuple(hits)\n").judge
    return judge


def _json_logic(trees: Sequence[Any]) -> Judge:
    from datalogic_py import Engine

    rule = Engine().compile(list(trees))
    return lambda event: _true(rule.evaluate(event))


def _cel(conditions: Sequence[str]) -> Judge:
    import cel

    program = cel.compile(f"[{', '.join(conditions)}]")
    return lambda event: _true(program.execute(event))


def _zen_list(conditions: Sequence[str]) -> Judge:
    import zen

    whole = zen.compile_expression(f"[{', '.join(conditions)}]")
    return lambda event: _true(whole.evaluate(event))


def _zen_each(conditions: Sequence[str]) -> Judge:
    import zen

    each = [zen.compile_expression(one) for one in conditions]
    return lambda event: _true([one.evaluate(event) for one in each])
