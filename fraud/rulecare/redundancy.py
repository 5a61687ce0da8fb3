"""Rules that another makes needless, rules that contradict another, and rules that hit nothing any more.

A rule is needless beside another that hits wherever it does and demands at least as much: proved from the two
conditions (`implied`), or seen in the hits (`contained`), which needs many of them. Of two equal rules the later one is
the needless one; a rule that is evidence only is needless beside an equal one alone. Two rules of one meaning that
demand different actions contradict each other.
"""

import math
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

import numpy as np

from fraud.rulecare.hits import Hits, Ints
from fraud.rulecare.logic import Alternative, alternatives, lies_inside, needs, never_true
from fraud.rules.rulebook import ACTIONS, Rule

__all__ = ["LEAST_HITS", "contradictions", "implications", "redundant", "silent"]

LEAST_HITS: Final = 30
"""So many hits must lie inside another rule's before that is taken for more than chance."""

_ALMOST_SURELY: Final = 0.01


def implications(rules: Sequence[Rule]) -> dict[int, tuple[int, ...]]:
    """Return for each rule the positions of the others that its condition is proved to imply.

    Rules that can never be true are left out: they imply everything, and have another verdict.

    Examples
    --------
    >>> from fraud.rules import first_rulebook
    >>> implications(first_rulebook().rules)[0]
    ()
    """
    known = [alternatives(rule.test) for rule in rules]
    found: dict[int, tuple[int, ...]] = {}
    for place, mine in enumerate(known):
        found[place] = tuple(_wider(mine, known, place)) if mine else ()
    return found


def _wider(mine: tuple[Alternative, ...], known: Sequence[tuple[Alternative, ...] | None], place: int) -> Iterator[int]:
    fields = mine[0].keys()
    for other, theirs in enumerate(known):
        # Quick look first: some alternative must leave open whatever this one leaves open.
        if other != place and theirs and any(wide.keys() <= fields for wide in theirs) and lies_inside(mine, theirs):
            yield other


def redundant(
    rules: Sequence[Rule], hits: Hits, together: Ints, implied: dict[int, tuple[int, ...]]
) -> list[tuple[int, str]]:
    """Return for each rule the position of one that makes it needless, and how that is known; -1 and nothing if none.

    Parameters
    ----------
    rules, hits
        The rules and their hits, in one order.
    together
        `hits.together()`.
    implied
        What `implications` returned.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from fraud.rules import first_rulebook
    >>> rule = first_rulebook().rules[0]
    >>> pair = (rule, replace(rule, id="again"))
    >>> hits = Hits.of_matrix(np.ones((3, 2), bool), ("sim_swap_new_device", "again"))
    >>> redundant(pair, hits, hits.together(), implications(pair))
    [(-1, ''), (0, 'implied')]
    """
    strength = [(ACTIONS.index(rule.action), rule.severity) for rule in rules]
    found = []
    for place in range(len(rules)):
        proved = [other for other in implied[place] if _gives_way(place, other, place in implied[other], strength)]
        if proved:
            found.append((proved[0], "implied"))
            continue
        count = int(hits.per_rule[place])
        inside = np.flatnonzero(together[place] == count) if count >= LEAST_HITS else np.zeros(0, np.int64)
        others = [int(other) for other in inside if other != place]
        seen = [o for o in others if _gives_way(place, o, int(hits.per_rule[o]) == count, strength)]
        found.append((seen[0], "contained") if seen else (-1, ""))
    return found


def _gives_way(rule: int, other: int, is_equal: bool, strength: list[tuple[int, int]]) -> bool:
    if is_equal and strength[rule] == strength[other]:
        return other < rule
    if not is_equal and not strength[rule][0]:
        return False  # evidence only: a narrower one still tells a model more
    return strength[other] >= strength[rule]


def contradictions(rules: Sequence[Rule], implied: dict[int, tuple[int, ...]]) -> list[str]:
    """Return for each rule the id of another that is true in the same cases but demands another action, or nothing.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from fraud.rules import first_rulebook
    >>> rule = first_rulebook().rules[0]
    >>> pair = (rule, replace(rule, id="other", action="block"))
    >>> contradictions(pair, implications(pair))
    ['other', 'sim_swap_new_device']
    """
    return [
        next((rules[o].id for o in implied[at] if at in implied[o] and rules[o].action != rule.action), "")
        for at, rule in enumerate(rules)
    ]


def silent(
    rules: Sequence[Rule], per_period: Ints, rows: Ints, missing: frozenset[str], last_from: date
) -> list[tuple[str, float]]:
    """Return for each rule why it hits nothing, or nothing, and how many hits its last period should have had.

    Parameters
    ----------
    rules
        The rules.
    per_period
        Hits of each rule in each period, shape (rules, periods).
    rows
        Rows of each period, shape (periods,).
    missing
        Fields that have no value in any row.
    last_from
        First day of the last period.

    Examples
    --------
    >>> from fraud.rules import first_rulebook
    >>> rule, rows = first_rulebook().rules[0], np.array([1_000, 1_000])
    >>> silent([rule], np.array([[20, 0]]), rows, frozenset(), date(2026, 1, 1))
    [('stopped', 20.0)]
    >>> silent([rule], np.array([[0, 0]]), rows, frozenset({"sim_age_days"}), date(2026, 1, 1))
    [('field_missing', 0.0)]
    """
    found: list[tuple[str, float]] = []
    earlier_rows = int(rows[:-1].sum())
    for rule, counts in zip(rules, per_period, strict=True):
        rate = int(counts[:-1].sum()) / earlier_rows if earlier_rows else 0.0
        expected = rate * int(rows[-1])
        if never_true(rule.test):
            why = "never_true"
        elif rule.valid_until is not None and rule.valid_until < last_from:
            why = "expired"
        elif needs(rule.test) & missing:
            why = "field_missing"
        elif rule.valid_from is not None or rule.valid_until is not None:
            why = ""  # it was not there all the time, so its silence says nothing
        elif not counts.sum():
            why = "no_hit"
        else:
            # Chance of no hit at all if it still hit as often as before.
            none_by_chance = math.exp(-expected)
            why = "stopped" if not counts[-1] and none_by_chance < _ALMOST_SURELY else ""
        found.append((why, expected))
    return found
