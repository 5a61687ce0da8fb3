"""Features of prediction the readable way: the twin of `credit_graph.prediction.features`, one firm at a time.

Guarantees are (guarantor, borrower, amount in fen, first day, last day); `fell` says on which day each party defaulted,
None if it has not; `own` has its own features, None where missing. Slow: for small graphs.
"""

from collections.abc import Sequence

from credit_graph.reference.structures import core_numbers, strong_components

__all__ = ["call_features", "network_features"]

Guarantee = tuple[int, int, int, int, int]
Own = Sequence[Sequence[float | None]]


def network_features(
    guarantees: Sequence[Guarantee],
    names: Sequence[str],
    own: Own,
    buffer: Sequence[float | None],
    fell: Sequence[int | None],
    day: int,
    half_life: float,
) -> list[dict[str, float | None]]:
    """Return what the guarantees say of each party on a day; what later days bring is not looked at.

    Examples
    --------
    >>> table = network_features([(0, 1, 300, 0, 9)], ["leverage"], [[0.2], [0.8]], [600, 5], [None, 7], 8, 60.0)
    >>> table[0]["borrowers_defaulted"], table[0]["borrowers_mean_leverage"], table[0]["called_over_buffer"]
    (1, 0.8, 0.5)
    """
    parties = range(len(own))
    valid = _valid(guarantees, day)
    recent = [_recent(fell[party], day, half_life) for party in parties]
    down = {party: sorted({head for tail, head, _ in valid if tail == party}) for party in parties}
    up = {party: sorted({tail for tail, head, _ in valid if head == party}) for party in parties}
    pairs = [(tail, head) for tail, head, _ in valid]
    circle, core = strong_components(len(own), pairs), core_numbers(len(own), pairs)
    table = []
    for party in parties:
        row: dict[str, float | None] = {}
        for name, partners in (("borrowers", down), ("guarantors", up)):
            walks = [last for middle in partners[party] for last in partners[middle] if last != party]
            for hops, found in ((name, partners[party]), (f"{name}2", walks)):
                row[hops] = len(found)
                row[f"{hops}_defaulted"] = sum(recent[other] > 0 for other in found)
                row[f"{hops}_recent"] = sum(recent[other] for other in found)
                for place, of in enumerate(names):
                    known = [value for value in (own[other][place] for other in found) if value is not None]
                    row[f"{hops}_sum_{of}"] = sum(known)
                    row[f"{hops}_mean_{of}"] = sum(known) / len(known) if known else None
                    row[f"{hops}_largest_{of}"] = max(known, default=None)
        to = {other: sum(amount for tail, head, amount in valid if (tail, head) == (party, other)) for other in parties}
        called = _called(guarantees, party, fell, day)
        row["given_fen"], row["given_over_buffer"] = sum(to.values()), _over(sum(to.values()), buffer[party])
        row["largest_over_buffer"] = _over(max(to.values()), buffer[party])
        row["received_fen"] = sum(amount for _, head, amount in valid if head == party)
        row["called_over_buffer"] = _over(sum(amount for _, amount in called), buffer[party])
        pending = sum(recent[head] * amount for head, amount in called)
        row["recent_calls_over_buffer"] = _over(pending, buffer[party])
        row["mutual_partners"] = len(set(down[party]) & set(up[party]))
        row["circle_size"] = circle.count(circle[party])
        row["in_circle"] = float(circle.count(circle[party]) > 1)
        row["core"] = core[party]
        table.append(row)
    return table


def call_features(
    guarantees: Sequence[Guarantee],
    chance: Sequence[float],
    buffer: Sequence[float | None],
    fell: Sequence[int | None],
    day: int,
    half_life: float,
    rounds: int = 3_000,
) -> list[dict[str, float | None]]:
    """Return the calls that each party has to expect on a day, given its chance of default alone.

    Examples
    --------
    >>> call_features([(0, 1, 300, 0, 9)], [0.0, 0.1], [600, 5], [None, None], 8, 60.0)[0]["cascade_chance"]
    0.05
    """
    parties = range(len(chance))
    sound = [(on := fell[party]) is None or on > day for party in parties]
    alone = [chance[party] if sound[party] else 0.0 for party in parties]
    valid = [tie for tie in _valid(guarantees, day) if sound[tie[1]]]
    pending = [
        sum(_recent(fell[head], day, half_life) * amount for head, amount in _called(guarantees, party, fell, day))
        for party in parties
    ]

    def calls(chances: Sequence[float], party: int) -> float:
        return sum(chances[head] * amount for tail, head, amount in valid if tail == party) + pending[party]

    whole = alone
    for _ in range(rounds):
        part = [_over(calls(whole, party), buffer[party]) if sound[party] else 0.0 for party in parties]
        after = [alone[party] + (1 - alone[party]) * min(part[party] or 0.0, 1.0) for party in parties]
        is_done = max((abs(new - old) for new, old in zip(after, whole, strict=True)), default=0.0) < 1e-12
        whole = after
        if is_done:
            break
    return [
        {
            "chance_alone": alone[party],
            "expected_calls_over_buffer": _over(calls(alone, party), buffer[party]),
            "expected_hits": sum(alone[other] * _hit(valid, party, other, buffer[party]) for other in parties),
            "cascade_calls_over_buffer": _over(calls(whole, party), buffer[party]),
            "cascade_chance": whole[party],
        }
        for party in parties
    ]


def _valid(guarantees: Sequence[Guarantee], day: int) -> list[tuple[int, int, int]]:
    return [
        (tail, head, amount) for tail, head, amount, first, last in guarantees if first <= day <= last and tail != head
    ]


def _called(
    guarantees: Sequence[Guarantee], party: int, fell: Sequence[int | None], day: int
) -> list[tuple[int, float]]:
    found = []
    for tail, head, amount, first, last in guarantees:
        when = fell[head]
        if tail == party != head and when is not None and when <= day and first <= when <= last:
            found.append((head, float(amount)))
    return found


def _recent(when: int | None, day: int, half_life: float) -> float:
    return 0.0 if when is None or when > day else float(2.0 ** (-(day - when) / half_life))


def _over(amount: float, buffer: float | None) -> float | None:
    if amount == 0:
        return 0.0
    return None if buffer is None else amount / max(buffer, 1.0)


def _hit(valid: list[tuple[int, int, int]], party: int, other: int, buffer: float | None) -> float:
    amount = sum(amount for tail, head, amount in valid if (tail, head) == (party, other))
    return min(_over(amount, buffer) or 0.0, 1.0)
