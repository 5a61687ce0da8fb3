"""The last events of every customer, kept in a ring for each: point-in-time, the present event is the last.

Memory grows with the number of customers, not of events. `update` takes a chunk of a stream and gives histories for the
rows that are wanted only (re-scoring wants one in a hundred); a chunk cut in two gives the same.
"""

import numpy as np
import numpy.typing as npt

from fraud.errors import SequenceInputError

__all__ = ["LENGTH", "Histories"]

LENGTH = 32
"""Events of a customer that are looked at, the present one included."""

_FIRST_ROOM = 256

Singles = npt.NDArray[np.float32]


class Histories:
    """Rings of the last events by customer.

    Parameters
    ----------
    width
        Numbers that describe an event.
    length
        Events that are kept for each customer.

    Examples
    --------
    >>> kept = Histories(width=1, length=3)
    >>> made = kept.update(np.array([0, 1, 0]), np.array([[1.0], [2.0], [3.0]]))
    >>> made[:, :, 0].tolist()
    [[nan, nan, 1.0], [nan, nan, 2.0], [nan, 1.0, 3.0]]
    """

    def __init__(self, width: int, length: int = LENGTH) -> None:
        self.width, self.length = width, length
        self._rings: Singles = np.full((_FIRST_ROOM, length, width), np.nan, dtype=np.float32)
        self._seen = np.zeros(_FIRST_ROOM, dtype=np.int64)

    def push(self, customer: int, event: npt.NDArray[np.floating]) -> Singles:
        """Take in one event and return the customer's last ones with it, oldest first, shape (length, width).

        What lies before the first event is NaN.
        """
        self._make_room(customer)
        at = self._seen[customer] % self.length
        self._rings[customer, at] = event
        self._seen[customer] += 1
        return np.roll(self._rings[customer], -int(at) - 1, axis=0)

    def update(
        self,
        customers: npt.NDArray[np.int64],
        events: npt.NDArray[np.floating],
        wanted: npt.NDArray[np.bool_] | None = None,
    ) -> Singles:
        """Take in the next events of the stream; return the histories of the wanted rows.

        Parameters
        ----------
        customers
            Code of each event's customer, 0 or more; an event of code -1 has no history but itself, shape (n,).
        events
            Numbers without a time order of their own, finite, shape (n, width).
        wanted
            Rows whose history is returned, shape (n,); None is all.

        Returns
        -------
        numpy.ndarray
            float32 of shape (wanted rows, length, width), oldest first, NaN before the first event.

        Raises
        ------
        SequenceInputError
            If the shapes do not fit, or an event has a number that is not finite.
        """
        if events.shape != (len(customers), self.width):
            raise SequenceInputError(
                f"{len(customers)} events of {self.width} numbers do not have shape {events.shape}."
            )
        if not np.isfinite(events).all():
            raise SequenceInputError("An event must be described by finite numbers; fill in what is missing first.")
        made = []
        for row, customer in enumerate(customers.tolist()):
            if customer >= 0:
                history = self.push(customer, events[row])
            else:
                history = np.full((self.length, self.width), np.nan, dtype=np.float32)
                history[-1] = events[row]
            if wanted is None or wanted[row]:
                made.append(history)
        return np.stack(made) if made else np.empty((0, self.length, self.width), dtype=np.float32)

    def _make_room(self, customer: int) -> None:
        if customer < len(self._seen):
            return
        more = max(customer + 1, 2 * len(self._seen)) - len(self._seen)
        empty = np.full((more, self.length, self.width), np.nan, dtype=np.float32)
        self._rings = np.concatenate([self._rings, empty])
        self._seen = np.concatenate([self._seen, np.zeros(more, dtype=np.int64)])
