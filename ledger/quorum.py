r"""Quorums: how many of which witnesses must have signed a checkpoint before a reader believes it.

One witness may be asleep, or in league with the log; n of m of them, run by organisations that do not trust each other,
are not. The keys are the reader's own. Keys that came with the checkpoint prove nothing: whoever forks a log can invent
witnesses for each fork.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.errors import QuorumError, UnsignedNoteError
from ledger.notes import Note, Verified, verify_note
from ledger.verifier_keys import VerifierKey

__all__ = ["Quorum"]


@dataclass(frozen=True)
class Quorum:
    r"""At least so many of these witnesses.

    Parameters
    ----------
    witnesses
        Their verifier keys. A witness may have several keys, of one name; it counts once.
    needed
        How many must have signed.

    Raises
    ------
    QuorumError
        If it asks for none or for more than there are, a key is not a witness's, or one key has two names: what a
        witness signs does not name it, so that one signature would count twice.

    Examples
    --------
    >>> from ledger.notes import sign_note
    >>> from ledger.verifier_keys import COSIGNATURE, ed25519_signer
    >>> one, two = (ed25519_signer(name, name.encode() * 8, COSIGNATURE) for name in ("w.01", "w.02"))
    >>> quorum = Quorum((one.key, two.key), needed=2)
    >>> quorum.check(sign_note("log.example\n", [one, two], at=7))
    ('w.01', 'w.02')
    >>> quorum.check(sign_note("log.example\n", [two], at=7))
    Traceback (most recent call last):
    ...
    ledger.errors.faults.QuorumError: 1 of the trusted witnesses (w.01, w.02) signed; 2 should have.
    """

    witnesses: tuple[VerifierKey, ...]
    needed: int

    def __post_init__(self) -> None:
        """Refuse a quorum that would say less than it seems to."""
        names: dict[bytes, str] = {}
        for key in self.witnesses:
            if not key.algorithm.is_timestamped:
                raise QuorumError(f"The key of {key.name} should be a witness's, of a type that signs the time too.")
            if names.setdefault(key.public_key, key.name) != key.name:
                raise QuorumError(
                    f"{names[key.public_key]} and {key.name} have one key; each witness should have its own."
                )
        if type(self.needed) is not int or not 1 <= self.needed <= len(self.names):
            raise QuorumError(f"A quorum should ask for 1 to {len(self.names)} of {len(self.names)} witnesses.")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the witnesses, in order."""
        return tuple(sorted({key.name for key in self.witnesses}))

    def times(self, note: Note) -> dict[str, int]:
        """Return when each of the witnesses that have signed a note did, in Unix seconds, by name.

        At that time it had seen no longer log. Of two signatures of one witness the later counts.

        Raises
        ------
        NoteSignatureError
            If the signature of one of them is wrong.
        """
        found: dict[str, int] = {}
        for one in _verified(note, self.witnesses):
            found[one.key.name] = max(one.signed_at, found.get(one.key.name, 0))
        return dict(sorted(found.items()))

    def signed(self, note: Note) -> tuple[str, ...]:
        """Return the names of the witnesses that have signed a note, whether or not they are enough.

        Raises
        ------
        NoteSignatureError
            If the signature of one of them is wrong.
        """
        return tuple(self.times(note))

    def check(self, note: Note) -> tuple[str, ...]:
        """Return the names of the witnesses that have signed a note, which are enough.

        Raises
        ------
        QuorumError
            If they are not.
        NoteSignatureError
            If the signature of one of them is wrong.
        """
        found = self.signed(note)
        if len(found) < self.needed:
            names = ", ".join(self.names)
            raise QuorumError(f"{len(found)} of the trusted witnesses ({names}) signed; {self.needed} should have.")
        return found


def _verified(note: Note, keys: Iterable[VerifierKey]) -> tuple[Verified, ...]:
    try:
        return verify_note(note, keys)
    except UnsignedNoteError:
        return ()
