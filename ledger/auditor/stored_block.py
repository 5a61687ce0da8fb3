"""A block as it was found, of which nothing is believed yet."""

from typing import NamedTuple

__all__ = ["StoredBlock"]


class StoredBlock(NamedTuple):
    """A block as stored: its number and the bytes of its header, its body and its checkpoint."""

    number: int
    header: bytes
    body: bytes
    checkpoint: bytes
