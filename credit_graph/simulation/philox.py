"""Random numbers that are looked up, not drawn in turn: Philox4x32-10.

The k-th number of scenario j is a function of a key, j and k alone. So scenarios can be run in any order, on any number
of threads, one at a time or in batches, and come out the same to the last bit. numpy's generators also know Philox, but
cannot be asked from compiled code for one number of one stream.

J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011; the test compares with
the authors' published vectors. Not for secrets: who knows the key knows all numbers.
"""

import math

import numpy as np
import numpy.typing as npt

from credit_graph.compiled import compiled

__all__ = ["draw_key", "normal", "philox", "uniforms"]

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_SPARE = np.uint64(12)
_MULTIPLY_0, _MULTIPLY_2 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_WEYL_0, _WEYL_1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)


def draw_key(rng: np.random.Generator) -> npt.NDArray[np.uint64]:
    """Take a fresh key from a generator: two words of 32 bits, uint64 of shape (2,).

    Examples
    --------
    >>> key = draw_key(np.random.default_rng(7))
    >>> key.shape, key.dtype.name, bool((key < 2**32).all())
    ((2,), 'uint64', True)
    """
    return rng.integers(0, 2**32, size=2, dtype=np.uint64)


@compiled
def philox(
    key_0: np.uint64, key_1: np.uint64, word_0: np.uint64, word_1: np.uint64, word_2: np.uint64, word_3: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Mix a counter of four words with a key of two; words hold 32 bits each in a uint64.

    Examples
    --------
    >>> zero = np.uint64(0)
    >>> [f"{word:08x}" for word in philox(zero, zero, zero, zero, zero, zero)]
    ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    for _ in range(10):
        first, second = _MULTIPLY_0 * word_0, _MULTIPLY_2 * word_2
        word_0, word_1, word_2, word_3 = (
            (second >> _HALF) ^ word_1 ^ key_0,
            second & _LOW,
            (first >> _HALF) ^ word_3 ^ key_1,
            first & _LOW,
        )
        key_0, key_1 = (key_0 + _WEYL_0) & _LOW, (key_1 + _WEYL_1) & _LOW
    return word_0, word_1, word_2, word_3


@compiled
def uniforms(key: npt.NDArray[np.uint64], purpose: int, scenario: int, place: int) -> tuple[float, float]:
    """Return two independent numbers strictly between 0 and 1, multiples of 2^-53.

    Parameters
    ----------
    key
        As `draw_key` gives it.
    purpose, scenario, place
        Which numbers: what they are for (below 2^32), the scenario (below 2^32) and the place in its stream.

    Examples
    --------
    >>> key = np.array([1, 2], np.uint64)
    >>> uniforms(key, 0, 5, 9) == uniforms(key, 0, 5, 9), uniforms(key, 0, 5, 9) == uniforms(key, 0, 5, 8)
    (True, False)
    """
    counter = np.uint64(place)
    one, two, three, four = philox(
        key[0], key[1], counter & _LOW, counter >> _HALF, np.uint64(scenario), np.uint64(purpose)
    )
    # 52 bits and a half: with 53 the largest would round to 1
    return (
        (float(((one << _HALF) | two) >> _SPARE) + 0.5) * 2.0**-52,
        (float(((three << _HALF) | four) >> _SPARE) + 0.5) * 2.0**-52,
    )


@compiled
def normal(key: npt.NDArray[np.uint64], purpose: int, scenario: int, place: int) -> float:
    """Return a standard normal number (Box and Muller).

    Examples
    --------
    >>> key = np.array([1, 2], np.uint64)
    >>> drawn = [normal(key, 0, scenario, 0) for scenario in range(1000)]
    >>> bool(abs(np.mean(drawn)) < 0.1), bool(abs(np.std(drawn) - 1) < 0.1)
    (True, True)
    """
    radius, angle = uniforms(key, purpose, scenario, place)
    return math.sqrt(-2.0 * math.log(radius)) * math.cos(2.0 * math.pi * angle)
