"""Independent random streams, one for each purpose, all from one seed.

A column that has a stream of its own keeps its values when another column is added, and the first rows of a long
table equal the whole of a short one. numpy's `SeedSequence` guarantees that the streams do not overlap.
"""

import zlib

import numpy as np

from datasets.errors import OutOfRangeError

__all__ = ["generator", "skip"]


def generator(seed: int, *purpose: str | int) -> np.random.Generator:
    """Return the random generator of one purpose.

    Parameters
    ----------
    seed
        The seed of the whole world, 0 or more.
    purpose
        Words and numbers that name the purpose, such as a table and a column.

    Raises
    ------
    OutOfRangeError
        If the seed is negative.

    Examples
    --------
    >>> int(generator(7, "people", "age").integers(100)), int(generator(7, "people", "age").integers(100))
    (65, 65)
    >>> int(generator(7, "people", "sex").integers(100))
    85
    """
    if seed < 0:
        raise OutOfRangeError(f"the seed is {seed}, but a seed is 0 or more")
    words = [zlib.crc32(word.encode()) if isinstance(word, str) else word for word in purpose]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))


def skip(rng: np.random.Generator, count: int) -> None:
    """Let the next numbers between 0 and 1 pass undrawn, so that a later town need not wait for those before it.

    Examples
    --------
    >>> all_three, last = generator(7, "word"), generator(7, "word")
    >>> skip(last, 2)
    >>> bool(all_three.random(3)[2] == last.random())
    True
    """
    bits = rng.bit_generator
    assert isinstance(bits, np.random.PCG64)  # tells the type checker what `generator` returns
    bits.advance(count)
