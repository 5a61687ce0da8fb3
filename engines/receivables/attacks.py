"""Attacks: what a dishonest operator, or somebody with the file, could try, and how each is noticed.

Every attack is made on a copy. The auditor knows nothing of it: it gets a path, as anybody would.
"""

import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from engines.receivables.membership import ORIGIN
from engines.receivables.playing import Event, Played
from engines.receivables.witnessing import witness_of
from ledger.auditor import compare, verify
from ledger.auditor.cosigning import cosign
from ledger.auditor.proof import prove_growth
from ledger.auditor.stored import file_blocks
from ledger.auditor.stored_block import StoredBlock
from ledger.block import read_header
from ledger.canonical import decode, encode
from ledger.errors import LedgerError, ProofError
from ledger.node import Node, Receipt
from ledger.stores import Block, SqliteStore

__all__ = ["SECOND_STORY", "Attack", "changed_amount", "forked", "rolled_back", "shown_to_a_witness"]


SECOND_STORY = "second-story.ledger"


class Attack(NamedTuple):
    """What was done, in English and Chinese; where; what noticed it, in its own words; whether it did."""

    name: str
    name_zh: str
    done: str
    noticed: str
    caught: bool


def changed_amount(played: Played, folder: Path) -> Attack:
    """Raise the amount of one payment in the stored file, as somebody who knows SQLite would."""
    event = _payments(played)[0]
    assert isinstance(event.answer, Receipt)
    copy = _copy(played.path, folder / "changed.ledger")
    with sqlite3.connect(copy) as file:
        where = (event.answer.block,)
        body = file.execute("SELECT body FROM blocks WHERE number = ?", where).fetchone()[0]
        transaction = decode(body.removesuffix(b"\n"))
        payee = transaction["body"]["arguments"]["payees"][0]
        before = payee["amount"]
        payee["amount"] = before + 1_000_000
        file.execute("UPDATE blocks SET body = ? WHERE number = ?", (encode(transaction) + b"\n", *where))
    file.close()
    finding = next(iter(verify(copy).findings), None)
    return Attack(
        "one stored amount changed",
        "篡改一笔已入账金额",
        f"entry {event.answer.place}: {before} fen became {before + 1_000_000} fen",
        str(finding),
        finding is not None and (finding.block, finding.entry) == (event.answer.block, event.answer.place),
    )


def rolled_back(played: Played, folder: Path) -> Attack:
    """Take the last blocks away: what is left is whole, but a checkpoint that somebody kept says there was more."""
    blocks = list(file_blocks(played.path))
    gone, kept = len(blocks) // 10, blocks[-1].checkpoint
    copy = _rewritten(blocks[:-gone], folder / "shorter.ledger")
    alone = verify(copy)
    try:
        prove_growth(copy, kept)
        noticed, caught = "the checkpoint was accepted", False
    except ProofError as error:
        noticed, caught = str(error), True
    return Attack(
        "the last blocks dropped",
        "删除最后若干区块",
        f"{gone} blocks fewer; the rest {'holds in itself' if alone.holds else 'does not hold'}",
        noticed,
        caught and alone.holds,
    )


def forked(played: Played, folder: Path) -> Attack:
    """Tell two banks two stories: one fragment is paid to one firm here and to another there, both rightly signed."""
    event = _payments(played)[-1]
    assert isinstance(event.answer, Receipt)
    blocks = list(file_blocks(played.path))
    copy = _rewritten(blocks[: event.answer.block], folder / SECOND_STORY)
    time = read_header(blocks[event.answer.block].header).time
    members = played.members
    node = Node(SqliteStore(copy), members.operator, lambda: time)
    other = next(
        name for name, one in members.parties.items() if one.kind == "enterprise" and name not in _named(event)
    )
    payees = [{"amount": int(event.step["amount_fen"]), "to": other}]
    given = {"fragment": event.spent[0], "payees": payees}
    answer = node.submit([members.sign("receivables.pay_on", given, [event.step["by_id"]], time)])[0]
    node.close()
    found = compare(played.path, copy)
    proved = "; both signed checkpoints together prove it" if found.evidence is not None else ""
    whole = isinstance(answer, Receipt) and verify(copy).holds
    return Attack(
        "one fragment spent in two copies of the ledger",
        "向两家机构出示两套账本",
        f"fragment {event.spent[0]} goes to {event.step['to_id']} here and to {other} there; each copy holds in itself",
        f"{found.relation} after {found.blocks} shared blocks{proved}",
        whole and found.relation == "forked" and found.blocks == event.answer.block,
    )


def shown_to_a_witness(played: Played, folder: Path) -> Attack:
    """Show the second story (see `forked`) to a witness that has signed the first: it signs no other history."""
    witness = witness_of(played, folder)
    cosign(played.path, witness.ask, witness.key)
    try:
        last = list(file_blocks(folder / SECOND_STORY))[-1].checkpoint
        witness.signs.add_checkpoint(last, witness.signs.size(ORIGIN))
        noticed, caught = "the witness has signed both", False
    except LedgerError as error:
        noticed, caught = str(error), True
    return Attack(
        "the second story shown to a witness",
        "向见证人出示另一套账本",
        f"{witness.key.name} has cosigned the first one, and is asked to sign the other copy's last checkpoint",
        noticed,
        caught,
    )


def _payments(played: Played) -> list[Event]:
    """Return the accepted payments that took one fragment, in order."""
    paid = [one for one in played.events if one.step["action"] == "pay_on" and isinstance(one.answer, Receipt)]
    return [one for one in paid if len(one.spent) == 1]


def _named(event: Event) -> set[str]:
    return {event.step["by_id"], event.step["to_id"]}


def _copy(path: Path, target: Path) -> Path:
    """Copy the file alone: the seal stays behind, as it would if somebody had rewritten both."""
    shutil.copy(path, target)
    return target


def _rewritten(blocks: Sequence[StoredBlock], target: Path) -> Path:
    """Write blocks into a new file, as an operator can who has a backup of them."""
    store = SqliteStore(target, create=True)
    for block in blocks:
        store.append(Block(*block))
    store.close()
    return target
