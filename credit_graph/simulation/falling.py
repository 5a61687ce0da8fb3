"""The kernels of one cascade: calls go up, firms fall, blame goes back down.

Event-driven: only the guarantors of firms that default are looked at, and what was touched is put back by walking the
same firms again. A scenario costs as much as it moves, whatever the size of the graph; a sweep over a million firms
for each of ten thousand scenarios would cost minutes of memory traffic alone.

Calls are added in the order of the queue. Amounts in whole fen add up exactly below 2^53 fen (90 万亿元).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from credit_graph.compiled import compiled
from credit_graph.graph import Layer

__all__ = ["Calls", "Room", "backwards", "calls_of", "cascade", "put_back", "room"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Calls(NamedTuple):
    """Who is called for how much when a borrower defaults, and whom a guarantor stands behind.

    `guarantor[start[b]:start[b + 1]]` are called for `call` when b defaults; `borrower[stands[g]:stands[g + 1]]` are
    those that call g, for `called_by`, over tie `tie`.
    """

    start: Int64
    guarantor: Int32
    call: Floats
    stands: Int64
    borrower: Int32
    called_by: Floats
    tie: Int32


class Room(NamedTuple):
    """What a worker writes to while it runs a scenario.

    For each firm: what it was called for (infinite once it fell) beside its limit, the round of its fall (-1 while it
    stands), its place in the queue, and its burden of blame in defaults and in losses; for each sector its factor.
    """

    state: Floats
    mark: Int32
    queue: Int32
    burden: Floats
    factor: Floats


def calls_of(layer: Layer, call: Floats) -> Calls:
    """Lay out the calls of a layer for the kernels; `call` has one amount for each tie, in the layer's order.

    Examples
    --------
    >>> from credit_graph.graph import layer
    >>> calls = calls_of(layer("guarantee", [0, 2], [1, 1], n=3), np.array([500.0, 700.0]))
    >>> calls.guarantor[calls.start[1] : calls.start[2]].tolist(), calls.call.tolist()
    ([0, 2], [500.0, 700.0])
    """
    up, down = layer.into, layer.out
    return Calls(up.start, up.to, call[up.edge], down.start, down.to, call[down.edge], down.edge)


def room(buffer: Floats, sectors: int) -> Room:
    """Make a worker's arrays, in the state that every scenario starts from and leaves behind.

    Examples
    --------
    >>> room(np.array([10.0, 20.0]), sectors=1).state.tolist()
    [[0.0, 10.0], [0.0, 20.0]]
    """
    n = len(buffer)
    # side by side: a call reads both, and one line of the cache holds both
    state = np.column_stack([np.zeros(n), buffer])
    return Room(state, np.full(n, -1, np.int32), np.empty(n, np.int32), np.zeros((n, 2)), np.empty(sectors))


@compiled
def cascade(calls: Calls, work: Room, own: int) -> int:
    """Let the first `own` firms of the queue default, and return how many have fallen when no call fells another.

    The queue is in order of rounds: a firm falls one round after the call that was too much for it.

    Examples
    --------
    >>> from credit_graph.graph import layer
    >>> calls = calls_of(layer("guarantee", [0, 1], [1, 2], n=3), np.array([500.0, 700.0]))
    >>> work = room(np.array([500.0, 600.0, 0.0]), sectors=0)
    >>> work.queue[0], work.mark[2] = 2, 0
    >>> cascade(calls, work, own=1), work.queue[:2].tolist(), work.mark.tolist()
    (2, [2, 1], [-1, 1, 0])
    """
    state, mark, queue = work.state, work.mark, work.queue
    for place in range(own):
        state[queue[place], 0] = np.inf
    head, tail = 0, own
    while head < tail:
        firm = queue[head]
        head += 1
        for tie in range(calls.start[firm], calls.start[firm + 1]):
            guarantor, call = calls.guarantor[tie], calls.call[tie]
            if call > 0.0 and state[guarantor, 0] < np.inf:
                called = state[guarantor, 0] + call
                state[guarantor, 0] = called
                if called > state[guarantor, 1]:
                    state[guarantor, 0] = np.inf
                    mark[guarantor] = mark[firm] + 1
                    queue[tail] = guarantor
                    tail += 1
    return tail


@compiled
def put_back(calls: Calls, work: Room, fallen: int) -> None:
    """Undo `cascade`, touching only what it touched.

    Examples
    --------
    >>> from credit_graph.graph import layer
    >>> calls = calls_of(layer("guarantee", [0, 1], [1, 2], n=3), np.array([500.0, 700.0]))
    >>> work = room(np.array([500.0, 600.0, 0.0]), sectors=0)
    >>> work.queue[0], work.mark[2] = 2, 0
    >>> put_back(calls, work, cascade(calls, work, own=1))
    >>> work.state[:, 0].tolist(), work.mark.tolist()
    ([0.0, 0.0, 0.0], [-1, -1, -1])
    """
    for place in range(fallen):
        firm = work.queue[place]
        work.state[firm, 0] = 0.0
        work.mark[firm] = -1
        for tie in range(calls.start[firm], calls.start[firm + 1]):
            work.state[calls.guarantor[tie], 0] = 0.0


@compiled
def backwards(
    calls: Calls, work: Room, loss: Floats, own: int, fallen: int, blame: Int64, scale: tuple[float, float]
) -> None:
    """Walk a cascade backwards: every contagion default is blamed on the calls that came before it fell.

    A firm's burden is itself (if contagion felled it) and what it was blamed for; it hands the whole on to the firms
    that called it in earlier rounds, in proportion to the calls. What is left with the firms that defaulted of their
    own sums to the contagion defaults (`burden[:, 0]`) and their losses (`burden[:, 1]`). `blame` gets, for each tie,
    the defaults and losses that passed over it, in units of 1 / `scale`; it may have no rows. The caller clears the
    burdens of the queue.

    Examples
    --------
    >>> from credit_graph.graph import layer
    >>> calls = calls_of(layer("guarantee", [0, 1], [1, 2], n=3), np.array([500.0, 700.0]))
    >>> work, blame = room(np.array([400.0, 600.0, 0.0]), sectors=0), np.zeros((2, 2), np.int64)
    >>> work.queue[0], work.mark[2] = 2, 0
    >>> backwards(calls, work, np.array([5.0, 7.0, 9.0]), 1, cascade(calls, work, own=1), blame, (1.0, 1.0))
    >>> work.burden.tolist(), blame.tolist()
    ([[1.0, 5.0], [2.0, 12.0], [2.0, 12.0]], [[1, 5], [2, 12]])
    """
    mark, burden, keeps_ties = work.mark, work.burden, len(blame) > 0
    for back in range(fallen - own):
        firm = work.queue[fallen - 1 - back]
        burden[firm, 0] += 1.0
        burden[firm, 1] += loss[firm]
        first, last = calls.stands[firm], calls.stands[firm + 1]
        total = 0.0
        for tie in range(first, last):
            if 0 <= mark[calls.borrower[tie]] < mark[firm]:
                total += calls.called_by[tie]
        for tie in range(first, last):
            caller = calls.borrower[tie]
            if 0 <= mark[caller] < mark[firm] and calls.called_by[tie] > 0.0:
                part = calls.called_by[tie] / total
                burden[caller, 0] += burden[firm, 0] * part
                burden[caller, 1] += burden[firm, 1] * part
                if keeps_ties:
                    blame[calls.tie[tie], 0] += int(burden[firm, 0] * part * scale[0] + 0.5)
                    blame[calls.tie[tie], 1] += int(burden[firm, 1] * part * scale[1] + 0.5)
