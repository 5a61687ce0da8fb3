"""How parties, parts and sums are said in a sentence, in Chinese and English.

Groups, controllers, limits and paths explain themselves to a credit officer; the same party must be called the same in
all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from credit_graph.graph import Graph

__all__ = ["Words", "called", "chain", "part", "yuan"]

LINKS_SHOWN = 12
_NAMES: "WeakKeyDictionary[Graph, list[object]]" = WeakKeyDictionary()


@dataclass(frozen=True)
class Words:
    """One sentence in both languages."""

    zh: str
    en: str


def called(graph: Graph, code: int) -> str:
    """Return the name of a party with its identifier behind it, or the identifier alone where it has no name.

    Examples
    --------
    >>> import pandas as pd
    >>> from datetime import date
    >>> parties = pd.DataFrame({"party_id": ["F1", "F2"], "name": ["陇东煤业", None]})
    >>> graph = Graph(date(2025, 1, 1), parties, {})
    >>> called(graph, 0), called(graph, 1)
    ('陇东煤业 (F1)', 'F2')
    """
    known, names = str(graph.ids[code]), _names(graph)
    name = names[code] if names else None
    return f"{name} ({known})" if isinstance(name, str) and name and name != known else known


def _names(graph: Graph) -> list[object]:
    # one cell of a data frame costs as much as a thousand of a list
    if graph not in _NAMES:
        _NAMES[graph] = graph.parties["name"].tolist() if "name" in graph.parties else []
    return _NAMES[graph]


def chain(names: Sequence[str], cut: int = 0) -> str:
    """Join names by arrows; `cut` says how many links after the first name are left out.

    Examples
    --------
    >>> chain(["P1", "F1", "F2"]), chain(["P1", "F8", "F9"], cut=7)
    ('P1 → F1 → F2', 'P1 → … (7) … → F8 → F9')
    """
    return " → ".join([names[0], f"… ({cut}) …", *names[1:]] if cut else names)


def part(share: float) -> str:
    """Return a part of the whole as a percentage.

    Examples
    --------
    >>> part(0.51), part(0.333333), part(1.0)
    ('51%', '33.33%', '100%')
    """
    return f"{100 * share:.2f}".rstrip("0").rstrip(".") + "%"


def yuan(amount_fen: int) -> Words:
    """Return a sum in 万元 and in yuan.

    Examples
    --------
    >>> yuan(1_234_567_800)
    Words(zh='1,234.57 万元', en='12,345,678.00 yuan')
    """
    whole, rest = divmod(abs(int(amount_fen)), 100)
    sign = "-" if amount_fen < 0 else ""
    # a float would lose fen above 90 trillion yuan
    hundredths = (abs(int(amount_fen)) + 5_000) // 10_000
    return Words(f"{sign}{hundredths // 100:,}.{hundredths % 100:02d} 万元", f"{sign}{whole:,}.{rest:02d} yuan")
