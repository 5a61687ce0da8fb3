"""Witnessing: which witnesses have signed the state of a ledger that was audited, and whether they are enough.

Only the reader's own keys count. A bundle brings the keys of its witnesses along, so that each of its bytes can be
checked; who made up the history could have made up the witnesses too.
"""

from collections.abc import Sequence
from pathlib import Path

from ledger.auditor.bundle import CHECKPOINT
from ledger.auditor.report import Finding, Report
from ledger.checkpoint import parse_checkpoint
from ledger.errors import LedgerError, QuorumError
from ledger.notes import Note, parse_note
from ledger.quorum import Quorum
from ledger.verifier_keys import VerifierKey, parse_verifier_key

__all__ = ["demanded", "witnessed"]


def demanded(witnesses: Sequence[VerifierKey | str], quorum: int | None) -> Quorum | None:
    """Return the quorum that a reader asks for: of these witnesses so many, all if no number is given.

    Parameters
    ----------
    witnesses
        Their verifier keys, as such or in their one-line form.
    quorum
        How many; None without witnesses asks for nothing.

    Raises
    ------
    QuorumError
        If so many can not be had.
    VerifierKeyError
        If a line is no key.

    Examples
    --------
    >>> demanded([], None) is None
    True
    >>> demanded([], 1)
    Traceback (most recent call last):
    ...
    ledger.errors.faults.QuorumError: A quorum should ask for 1 to 0 of 0 witnesses.
    """
    if not witnesses and quorum is None:
        return None
    keys = tuple(parse_verifier_key(one) if isinstance(one, str) else one for one in witnesses)
    return Quorum(keys, len({key.name for key in keys}) if quorum is None else quorum)


def witnessed(report: Report, path: Path, quorum: Quorum | None) -> Report:
    """Add to the report of an audit who has cosigned what was audited.

    Parameters
    ----------
    report
        Of the ledger at the path. If something does not hold, its witnesses do not matter and none are named.
    path
        A bundle's directory; a ledger's file carries no cosignatures.
    quorum
        What the reader asks for.
    """
    if not report.holds:
        return report
    try:
        note = _note(path)
        if note is not None:
            report = report._replace(named_witnesses=_others(note, report))
        if quorum is None:
            return report
        if note is None:
            raise QuorumError("a ledger's file carries no signatures of witnesses: ask for a proof bundle that does")
        times = quorum.times(note)
        report = report._replace(witnesses=tuple(times), cosigned_at=min(times.values(), default=0))
        quorum.check(note)
    except LedgerError as error:
        return report._replace(findings=(Finding(report.blocks - 1, None, type(error).__name__, str(error)),))
    return report


def _note(path: Path) -> Note | None:
    return parse_note((path / CHECKPOINT).read_bytes()) if path.is_dir() else None


def _others(note: Note, report: Report) -> tuple[str, ...]:
    """Names under the checkpoint that are not the log's own; it must be the checkpoint of what was audited."""
    checkpoint = parse_checkpoint(note.text)
    said = (checkpoint.origin, checkpoint.size, checkpoint.root.hex())
    if said != (report.origin, report.entries, report.root):
        raise QuorumError(f"the checkpoint is of {said}, not of the {report.entries} entries that were audited")
    return tuple(sorted({one.name for one in note.signatures[1:]}))
