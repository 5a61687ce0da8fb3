"""The readable twin of the clock: which events of a stream are believed, by the rule of `fraud.online.clock`."""

from collections.abc import Iterable

from fraud.online.kernel import Limits

__all__ = ["believed_by_definition"]

_DAY, _TOO_MANY = 86_400, 100


def believed_by_definition(events: Iterable[tuple[int, str | None]], limits: Limits) -> list[int | None]:
    """Tell for each event, given as its second and number, None if it is taken in; all numbers are remembered.

    For another one, return the oldest moment that is still believed, as of which it is answered.

    Examples
    --------
    >>> believed_by_definition([(0, "a"), (5, "b"), (5, "b"), (-10**6, "c")], Limits())
    [None, None, -259195, -259195]
    """
    clock: int | None = None
    suspect: int | None = None
    seen: set[str] = set()
    believed: list[int | None] = []
    stale = 0
    for time, number in events:
        is_duplicate = number is not None and number in seen
        is_far = clock is not None and time - clock > limits.ahead_seconds
        is_confirmed = suspect is not None and 0 <= time - suspect <= limits.ahead_seconds
        is_stale = clock is not None and clock - time > limits.late_seconds
        is_taken = not is_duplicate and not is_stale and (not is_far or is_confirmed)
        believed.append(None if is_taken else (clock or 0) - limits.late_seconds)
        if is_duplicate:
            continue
        if is_taken:
            stale = 0
            if number is not None:
                seen.add(number)
            is_near = clock is None or time - clock <= _DAY or (suspect is not None and time - suspect >= -_DAY)
            if clock is not None and time < clock:
                suspect = None
            elif is_near:
                clock, suspect = time, None
            else:
                suspect = time
        elif is_far:
            suspect = time
        else:
            stale += 1
            if stale == _TOO_MANY:
                clock, suspect, stale = time, None, 0
    return believed
