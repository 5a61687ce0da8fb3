"""Flips bytes one at a time, and asks the auditor only about what such a flip can touch.

To audit a whole ledger again for each of its bytes would take hours. A flipped byte changes one block at most, or the
bytes around the blocks; which, reading the file tells. Whether a changed block is noticed depends on where the chain
stands before it, which is kept here for each block, and on nothing else.
"""

import os
from collections.abc import Sequence
from typing import NamedTuple

from ledger.auditor import verification
from ledger.auditor.signatures import first_failure
from ledger.auditor.stored_block import StoredBlock
from ledger.container import PAGE
from ledger.errors import LedgerError
from ledger.execution import Rules

FULL = os.environ.get("HEXI_FULL") == "1"


class Located(NamedTuple):
    """Where the auditor finds the fault: the block, and the entry if it is one's."""

    block: int
    entry: int | None


def flipped(data: bytes, place: int) -> bytes:
    """Return the bytes with one bit of one of them turned over, another bit in each place."""
    return data[:place] + bytes([data[place] ^ 1 << place % 8]) + data[place + 1 :]


def places(length: int, step: int, full: int = 1) -> range:
    """Every byte in the full run, else one in so many."""
    return range(0, length, full if FULL else step)


def around_blocks(data: bytes, blocks: Sequence[StoredBlock]) -> list[int]:
    """Return the places in a file's bytes at which no block's bytes lie: lengths, pointers, the tree, unused room."""
    inside = bytearray(len(data))
    for block in blocks:
        payload = block.header + block.body + block.checkpoint
        while payload:
            start = data.index(payload[:200])
            end = min(start + len(payload), (start // PAGE + 1) * PAGE)
            size = next((one for one in range(end - start) if data[start + one] != payload[one]), end - start)
            inside[start : start + size] = b"\1" * size
            payload = payload[size:]
    return [place for place in range(len(data)) if not inside[place]]


class Steps:
    """A ledger that holds, as the auditor walks it."""

    def __init__(self, blocks: Sequence[StoredBlock]) -> None:
        self.blocks = list(blocks)
        genesis, self._anchor = verification.anchor_of(blocks[0], None)
        self._rules = Rules(self._anchor.ledger, self._anchor.suite, genesis.longest_validity)
        self._before = [verification._open(blocks[0], genesis, self._anchor)]
        for block in blocks[1:]:
            self._before.append(verification._step(block, self._before[-1], self._anchor, self._rules)[0])

    def fault(self, number: int, block: StoredBlock) -> Located | None:
        """Say where the auditor finds a fault in a block that stands in place of the one of that number."""
        if number == 0:
            findings = verification.verify_blocks([block], ledger=self._anchor.ledger).findings
            return Located(findings[0].block or 0, findings[0].entry) if findings else None
        try:
            _, claims = verification._step(block, self._before[number - 1], self._anchor, self._rules)
        except verification._EntryError as error:
            return Located(number, error.entry)
        except LedgerError:
            return Located(number, None)
        failure = first_failure(self._anchor.suite.name, number, claims)
        return None if failure is None else Located(failure.block, failure.entry)

    def first_changed(self, blocks: Sequence[StoredBlock]) -> tuple[int, StoredBlock] | None:
        """Return the first block that is not the one of its place, and the place."""
        pairs = enumerate(zip(self.blocks, blocks, strict=False))
        return next(((place, two) for place, (one, two) in pairs if one != two), None)
