"""A witness (见证人): somebody whom members trust not to sign two histories, such as a supervisor.

It keeps no entries. It signs a checkpoint only if it continues the last one that it signed, so that whoever asks for
its signature is shown what all others are shown.
"""

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from engines.receivables.membership import ORIGIN
from engines.receivables.playing import Played
from ledger.verifier_keys import COSIGNATURE, VerifierKey, ed25519_signer
from ledger.witness import KnownLog, Witness
from ledger.witness_memory import create_memory
from ledger.witness_protocol import Answer, respond

__all__ = ["Supervisor", "witness_of"]


class Supervisor(NamedTuple):
    """A witness as others know it: its key, how it is asked over a network, and the witness itself."""

    key: VerifierKey
    ask: Callable[[bytes], Answer]
    signs: Witness


def witness_of(played: Played, folder: Path) -> Supervisor:
    """Return the witness of a ledger; it remembers in a file of the folder what it has signed.

    Its key comes from the ledger's id, as all keys here come from the seed: for teaching alone.
    """
    secret = sha256(b"witness of " + played.members.ledger.encode()).digest()
    signer, path = ed25519_signer("witness.example/supervisor", secret, COSIGNATURE), folder / "witness.memory"
    if not path.exists():
        create_memory(path, signer.key)
    known = KnownLog(ORIGIN, (played.members.operator.key,))
    witness = Witness(signer, [known], path, lambda: played.members.genesis.time)
    return Supervisor(signer.key, partial(respond, witness), witness)
