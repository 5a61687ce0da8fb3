"""A person accepts a proposed rule: it is written into the rulebook, with who, why and when, or nothing happens.

The new text is read and its examples tried before it replaces the old one in one step, so that whoever reads the file
sees the old book or the new one. Who accepted what and why stands in the book itself beside the rule, so that the two
cannot part, and in a log next to it, one line of JSON for each acceptance with the hashes of both texts. Nothing in
this package calls `accept`: a rule that no person wants is not written.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from fraud.errors import FraudError, ProposalRefusedError
from fraud.rulecare.logic import implies
from fraud.rulecare.proposal import Proposal, as_rule, as_toml
from fraud.rules import ACTIONS, Rulebook, check_examples, load

__all__ = ["accept", "log_of"]

_VERSION: Final = re.compile(r"^([ \t]*version[ \t]*=[ \t]*)(\d+)([ \t]*(?:#.*)?)$", re.MULTILINE)
_FIRST_TABLE: Final = re.compile(r"^[ \t]*\[", re.MULTILINE)
_PERSON: Final = re.compile(r"\S.{0,99}")


def log_of(rulebook_path: Path | str) -> Path:
    """Return where the acceptances of a rulebook are logged.

    Examples
    --------
    >>> log_of("rules/mine.toml").name
    'mine.accepted.jsonl'
    """
    path = Path(rulebook_path)
    return path.with_name(f"{path.stem}.accepted.jsonl")


def accept(proposal: Proposal, rulebook_path: Path | str, who: str, why: str, when: datetime) -> Rulebook:
    """Write a proposed rule into a rulebook, of which the version rises by one, and log who did it and why.

    Parameters
    ----------
    proposal
        The rule.
    rulebook_path
        The TOML file, or a folder of them, of which the one with the version gets the rule.
    who, why
        Name of the person, and the reason; neither may be empty.
    when
        The moment, for the record.

    Returns
    -------
    Rulebook
        The book as it is now.

    Raises
    ------
    ProposalRefusedError
        If no person or reason is named, the book has a rule of this id or one that already hits all that this one
        would and demands as much, somebody else is writing, or the proposal or the new book would be refused.

    Examples
    --------
    >>> accept(None, "rules/mine.toml", who=" ", why="three rings in May", when=datetime(2026, 6, 1))
    Traceback (most recent call last):
    fraud.errors.rules.ProposalRefusedError: who is empty: a rule is accepted by a person, for a reason.
    """
    for name, text in {"who": who, "why": why}.items():
        if not _PERSON.fullmatch(text.strip().replace("\n", " ")[:100]):
            raise ProposalRefusedError(f"{name} is empty: a rule is accepted by a person, for a reason.")
    path = Path(rulebook_path)
    with _alone(path):
        book, head = load(path), _head_of(path)
        _check_new(proposal, book)
        old = head.read_text(encoding="utf-8")
        new = _with_rule(old, book, _entry(proposal, who, why, when))
        with _staged(path, head, new) as (staged, staged_head):
            try:
                changed = load(staged)
                if failures := check_examples(changed):
                    raise ProposalRefusedError(f"{path.name} would not keep its examples: {failures[0]}")
            except FraudError as refusal:
                raise ProposalRefusedError(f"{path.name} with {proposal.id} is no rulebook: {refusal}") from refusal
            staged_head.replace(head)
        _log(path, proposal, (who.strip(), why.strip(), when), (book, changed), (old, new))
    return changed


def _head_of(path: Path) -> Path:
    """Return the file with id, version and titles, to which a rule is added: of a folder, the one that has them."""
    if not path.is_dir():
        return path
    heads = [one for one in sorted(path.glob("*.toml")) if _VERSION.search(_before_arrays(one.read_text("utf-8")))]
    if not heads:
        raise ProposalRefusedError(f"No file of the folder {path.name} has the version of the rulebook.")
    return heads[0]


def _before_arrays(text: str) -> str:
    return _FIRST_TABLE.split(text, maxsplit=1)[0]


def _check_new(proposal: Proposal, book: Rulebook) -> None:
    try:
        rule = as_rule(proposal)
    except FraudError as refusal:
        raise ProposalRefusedError(f"The proposal {proposal.id} is no rule: {refusal}") from refusal
    if proposal.id in book.ids:
        raise ProposalRefusedError(f"{book.id} has a rule {proposal.id!r} already; it was accepted before.")
    for known in book.rules:
        if ACTIONS.index(known.action) >= ACTIONS.index(rule.action) and implies(rule.condition, known.test):
            raise ProposalRefusedError(
                f"{known.id!r} in {book.id} hits all that {proposal.id!r} would and demands as much; change that one."
            )


def _entry(proposal: Proposal, who: str, why: str, when: datetime) -> str:
    accepted = f"Accepted by {who.strip()} on {when:%Y-%m-%d %H:%M}: {why.strip()}"
    notes = [accepted, *proposal.summary()]
    comment = "".join(f"# {' '.join(note.split())}\n" for note in notes)
    return f"\n{comment}{as_toml(proposal)}"


def _with_rule(old: str, book: Rulebook, entry: str) -> str:
    """Return the text with its version raised and the entry at its end; all else stays as it was written."""
    head = _before_arrays(old)
    raised, found = _VERSION.subn(lambda line: f"{line[1]}{book.version + 1}{line[3]}", head, count=1)
    if not found:
        raise ProposalRefusedError(f"The version of {book.id} does not stand on a line of its own before the rules.")
    return raised + old[len(head) :].rstrip("\n") + "\n" + entry


@contextmanager
def _staged(path: Path, head: Path, text: str) -> Iterator[tuple[Path, Path]]:
    """Write the book as it would be beside the one that is, so that what it includes is found; yield it and its head.

    What is checked is the very file that is then moved into place.
    """
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.", suffix=".part", dir=path.parent) as folder:
        # A file stands one folder deeper than the real one, so its includes are not found there: it goes beside it.
        staged = Path(folder) if path.is_dir() else path.with_name(f"{Path(folder).name}.toml")
        staged_head = staged / head.name if path.is_dir() else staged
        try:
            if path.is_dir():
                for one in path.glob("*.toml"):
                    shutil.copy2(one, staged)
            with staged_head.open("w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            staged_head.chmod(head.stat().st_mode)
            yield staged, staged_head
        finally:
            staged_head.unlink(missing_ok=True)


def _log(
    path: Path,
    proposal: Proposal,
    said: tuple[str, str, datetime],
    books: tuple[Rulebook, Rulebook],
    texts: tuple[str, str],
) -> None:
    who, why, when = said
    line = {
        **{"rule": proposal.id, "who": who, "why": why, "when": when.isoformat(), "found_against": proposal.rulebook},
        **{"rulebook": books[0].id, "from_version": books[0].version, "to_version": books[1].version},
        **{"from_sha256": _digest(texts[0]), "to_sha256": _digest(texts[1]), "evidence": proposal.summary()[0]},
    }
    with log_of(path).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the book against others who would write it; the lock goes with the process that holds it."""
    import fcntl  # POSIX only: imported where it is needed, so that the rest can be used anywhere

    if not path.exists():
        raise ProposalRefusedError(f"There is no rulebook {path}.")
    with path.with_name(f".{path.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ProposalRefusedError(f"Somebody else is writing {path.name}; try again in a moment.") from None
        yield
