"""What Python's own `random` would draw for a seed, drawn by numpy: choices and samples of the old Mersenne Twister.

Published tables hang on published seeds. Both libraries have the same generator (MT19937, seeded here by an array of
one word, as Python does for a whole number) and differ in what they make of its 32-bit words: Python takes the upper
bits that are needed to number the choices, and draws again if the number is too high. No world of ours should be made
with it: `datasets.seeds` is what new tables take.

After Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8, 1998, and the documentation of Python's `random`.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["Draws"]

_WORD_BITS = 32
_AT_ONCE = 64


class Draws:
    """A stream of choices that equals `random.Random(seed)`.

    Parameters
    ----------
    seed
        0 to 2^32 - 1.

    Examples
    --------
    >>> Draws(7).choices(10, 5).tolist()
    [5, 2, 6, 0, 1]
    """

    def __init__(self, seed: int) -> None:
        self._source = np.random.RandomState([seed])  # a list: an array of one would be taken for a number
        self._left = np.zeros(0, dtype=np.uint32)

    def choices(self, among: int, count: int) -> NDArray[np.int64]:
        """Return as many numbers below `among` as `count` calls of `random.choice` would give, int64 of shape (count,).

        Nothing may be drawn from this object afterwards: the words of the numbers are drawn in bulk.
        """
        found = np.zeros(0, dtype=np.uint32)
        while len(found) < count:
            words = self._words(2 * (count - len(found)) + _AT_ONCE) >> np.uint32(_WORD_BITS - among.bit_length())
            found = np.concatenate((found, words[words < among]))
        return found[:count].astype(np.int64)

    def sample(self, among: int, count: int) -> NDArray[np.int64]:
        """Return the places that `random.sample` would take out of `among`, int64 of shape (count,).

        For as small a number of places as the library takes by exchanging them: at most three times the count and 21.
        """
        places = list(range(among))
        taken = []
        for left in range(among, among - count, -1):
            place = self._below(left)
            taken.append(places[place])
            places[place] = places[left - 1]
        return np.array(taken, dtype=np.int64)

    def _below(self, among: int) -> int:
        while True:
            if not len(self._left):
                self._left = self._words(_AT_ONCE)
            word, self._left = int(self._left[0]), self._left[1:]
            number = word >> (_WORD_BITS - among.bit_length())
            if number < among:
                return number

    def _words(self, count: int) -> NDArray[np.uint32]:
        return self._source.randint(0, 1 << _WORD_BITS, count, dtype=np.uint32)
