"""Witnesses of real ledgers, and ledgers that go on."""

from pathlib import Path
from typing import NamedTuple

from ledger_sample import START, Consortium, accepted

from ledger.auditor.opening import stored_blocks
from ledger.auditor.proof import prove_growth
from ledger.node import Node
from ledger.notes import Signature
from ledger.stores import SqliteStore
from ledger.verifier_keys import COSIGNATURE, Signer, ed25519_signer
from ledger.witness import KnownLog, Witness
from ledger.witness_memory import create_memory


def last_checkpoint(path: Path) -> bytes:
    with stored_blocks(path) as blocks:
        return list(blocks)[-1].checkpoint


def continued(path: Path, people: Consortium, *names: str, count: int = 3) -> Path:
    """Go on with a ledger: a block for each receivable, of so many of the three transactions of its beginning."""
    node = Node(SqliteStore(path), people.operator, lambda: START + 3000)
    for name in names:
        node.submit(accepted(people, name)[:count])
    node.close()
    return path


class Watcher(NamedTuple):
    """A witness, and the last checkpoint that it signed, which an honest operator knows."""

    witness: Witness
    seen: list[bytes]

    def sees(self, path: Path) -> Signature:
        """Ask for its signature under the last checkpoint of a ledger, with the best proof there is."""
        note = last_checkpoint(path)
        old, hashes = 0, ()
        if self.seen:
            growth = prove_growth(path, self.seen[-1])
            old, hashes = growth.earlier.size, growth.hashes
        signature = self.witness.add_checkpoint(note, old, hashes)
        self.seen.append(note)
        return signature


def signer_of(letter: str) -> Signer:
    return ed25519_signer(f"witness.example/{letter}", letter.encode() * 32, COSIGNATURE)


def three_watchers(folder: Path, people: Consortium) -> list[Watcher]:
    """Three witnesses that have seen nothing yet, with their files in a folder."""
    found = []
    for letter in "abc":
        signer = signer_of(letter)
        create_memory(folder / letter, signer.key)
        log = KnownLog(people.genesis.origin, (people.operator.key,))
        found.append(Watcher(Witness(signer, [log], folder / letter, lambda: START + 4000), []))
    return found
