"""How one event is read: which of its fields go where, and the programs of what is computed from them.

The kernel works on 64-bit floats alone. Numbers are laid into slots as they are; a text becomes the number of its
word, and whatever else a kernel cannot know (two texts compared, a condition judged whole) is found here, in Python.
Arithmetic is a program of a few steps. An event with a number so large that floats do not tell whole numbers apart
is left to `fraud.rules.single`, which compares them as they are.
"""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from fraud.rules.reference import Event
from fraud.rules.single import reader
from fraud.rules.sources import Cuts, Numeric, Pair, Source, fields_of_source
from fraud.rules.syntax import Arithmetic, Field, Minus, Node, Number
from fraud.rules.tables import Tables
from fraud.rules.vocabulary import VOCABULARY

__all__ = ["Plan", "plan_of", "slots_of"]

Maker: TypeAlias = Callable[[Event], float]

_SLOT, _CONSTANT, _KEEP = 0, 1, 2
_SIGNS: Final = {"+": 3, "-": 4, "*": 5, "/": 6, "compare": 7}
_NAN: Final = float("nan")


@dataclass(frozen=True, eq=False)
class Plan:
    """How to read an event; the fields named in `features` come from an array, all others from the event.

    Attributes
    ----------
    names
        Fields of the event that are numbers, in the order of the first slots.
    fetch
        Takes them out of an event that has them all.
    makers
        What finds the values of the slots after them.
    borrowed
        Features, with their places in the array, that a maker reads.
    layout
        The packing of all slots into bytes.
    size
        How many numbers the kernel needs for itself.
    code
        int64: where the parts below begin, then for each slot its place among the features or -1; the programs; for
        each source its value, its first bound, the end of its bounds and the base of its cells; starts and reads.
    constants
        float64.
    """

    names: tuple[str, ...]
    fetch: Callable[[Event], Any]
    makers: tuple[Maker, ...]
    borrowed: tuple[tuple[str, int], ...]
    layout: struct.Struct
    size: int
    code: npt.NDArray[np.int64]
    constants: npt.NDArray[np.float64]


class _Draft:
    """Slots, programs and constants, as sources ask for them."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.programs: list[int] = []
        self.constants: list[float] = []

    def constant(self, value: float) -> int:
        self.constants.append(float(value))
        return len(self.constants) - 1

    def write(self, node: Node) -> None:
        """Append the steps that leave the value of a number on the stack."""
        match node:
            case Field(name):
                self.programs += [_SLOT, self.numbers[name]]
            case Number(value):
                self.programs += [_CONSTANT, self.constant(value)]
            case Minus(operand):
                self.write(Arithmetic(Number(0), (("-", operand),)))
            case Arithmetic(first, rest):
                self.write(first)
                for sign, operand in rest:
                    self.write(operand)
                    self.programs += [_SIGNS[sign], 0]


def _is_computed(source: Source) -> bool:
    """Say whether the kernel computes the source from numbers."""
    if isinstance(source, Numeric):
        return isinstance(source.node, Arithmetic | Minus)
    if not isinstance(source, Pair):
        return False
    sides = (source.left, source.right)
    kinds = [VOCABULARY.get(side.name) if isinstance(side, Field) else "number" for side in sides]
    return all(kind in ("money", "number", "flag") for kind in kinds)


def plan_of(tables: Tables, feature_names: Sequence[str] = ()) -> Plan:
    """Lay out how an event is read for these tables.

    Parameters
    ----------
    tables
        Of the rulebook.
    feature_names
        Names of the features that come as an array, in its order.

    Examples
    --------
    >>> from fraud.rules.language import parse_condition
    >>> from fraud.rules.tables import build
    >>> plan = plan_of(build([parse_condition('hour < 5 and channel == "atm"')]))
    >>> plan.names, len(plan.makers)
    (('hour',), 1)
    """
    features = {name: place for place, name in enumerate(feature_names)}
    draft = _Draft()
    pairs = list(zip(tables.sources, tables.axes, strict=True))
    plain: dict[Source, str] = {
        source: source.node.name
        for source, _ in pairs
        if isinstance(source, Numeric) and isinstance(source.node, Field)
    }
    computed = [source for source, _ in pairs if _is_computed(source)]
    names = [name for source in (*plain, *computed) for name in fields_of_source(source)]
    ordered = sorted(dict.fromkeys(names), key=lambda name: name in features)
    made = [(source, axis) for source, axis in pairs if source not in computed and source not in plain]
    from_event = [name for name in ordered if name not in features]
    # slots: numbers of the event, what is made of it, and features
    draft.numbers = {name: place + (len(made) if name in features else 0) for place, name in enumerate(ordered)}
    slots = len(ordered) + len(made)
    place_of = {source: draft.numbers[name] for source, name in plain.items()}
    place_of |= {source: len(from_event) + at for at, (source, _) in enumerate(made)}
    for at, source in enumerate(computed):
        _program(draft, source)
        place_of[source] = slots + at
    rows = []
    for (source, axis), base in zip(pairs, tables.base, strict=True):
        bounds = axis.floats if isinstance(axis, Cuts) else [place + 0.5 for place in range(axis.size - 2)]
        first = len(draft.constants)
        draft.constants += bounds
        rows += [place_of[source], first, first + len(bounds), int(base)]
    origin = [-1] * (len(from_event) + len(made)) + [features[name] for name in ordered if name in features]
    parts = [origin, draft.programs, rows, tables.starts.ravel().tolist(), tables.reads.tolist()]
    begins = np.cumsum([9, *map(len, parts[:-1])]).tolist()
    head = [slots, slots + len(computed), len(pairs), len(tables.table), *begins]
    borrowed = {name for source, _ in made for name in fields_of_source(source) if name in features}
    return Plan(
        names=tuple(from_event),
        fetch=itemgetter(*from_event) if len(from_event) > 1 else lambda event: [event[name] for name in from_event],
        makers=tuple(reader(source, axis) for source, axis in made),
        borrowed=tuple((name, features[name]) for name in sorted(borrowed)),
        layout=struct.Struct(f"{len(from_event) + len(made)}d"),
        size=slots + len(computed) + len(draft.programs) + 1,
        code=np.array([*head, *(number for part in parts for number in part)], np.int64),
        constants=np.array(draft.constants, np.float64),
    )


def _program(draft: _Draft, source: Source) -> None:
    if isinstance(source, Pair):
        draft.write(source.left)
        draft.write(source.right)
        draft.programs += [_SIGNS["compare"], 0]
    elif isinstance(source, Numeric):
        draft.write(source.node)
    draft.programs += [_KEEP, 0]


def slots_of(plan: Plan, event: Event, features: Any, into: Any) -> bool:
    """Lay the numbers of an event into the slots; return false if one of them is no plain number.

    Raises
    ------
    RuleEventError
        If a text is compared as a number or the reverse.

    Examples
    --------
    >>> from fraud.rules.language import parse_condition
    >>> from fraud.rules.tables import build
    >>> plan, slots = plan_of(build([parse_condition("hour < 5")])), np.zeros(1)
    >>> slots_of(plan, {"hour": 3}, None, slots), slots.tolist()
    (True, [3.0])
    """
    try:
        found = plan.fetch(event)
    except KeyError:
        found = map(event.get, plan.names)
    numbers: list[Any] = [_NAN if number is None else number for number in found]
    if plan.makers:
        whole = event
        if plan.borrowed and features is not None:
            whole = {**event, **{name: float(features[place]) for name, place in plan.borrowed}}
        numbers += [make(whole) for make in plan.makers]
    try:
        plan.layout.pack_into(into, 0, *numbers)
    except (struct.error, TypeError, OverflowError):
        return False
    return True
