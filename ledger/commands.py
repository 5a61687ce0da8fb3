"""The ledger's own commands: `hexi ledger verify`, `prove`, `bundle` and `compare`, mounted by the roof.

Exit codes: 0 it holds, 1 it does not, 2 wrong usage.
"""

import argparse
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ledger.auditor.comparison import Comparison

__all__ = ["WORDS", "mount"]

Say = Callable[[str], None]
Progress = Callable[[str, int, int], None]


def mount(words: Any, shared: argparse.ArgumentParser) -> None:
    """Add the ledger's words to a parser.

    Parameters
    ----------
    words
        Of `argparse.ArgumentParser.add_subparsers`.
    shared
        Options that every word has.
    """
    word = words.add_parser("verify", parents=[shared], help="check a ledger or a proof, offline · 验证账本")
    word.add_argument(
        "path", type=_place, metavar="PATH", help="a ledger's file or postgresql:// URL, a bundle, a proof, or evidence"
    )
    word.add_argument("--ledger", metavar="ID", help="the id that the ledger should have")
    word.add_argument(
        "--witness",
        action="append",
        default=[],
        dest="witnesses",
        metavar="KEY",
        help="verifier key of a witness that you trust; may be given again · 见证人公钥",
    )
    word.add_argument("--quorum", type=int, metavar="N", help="how many of them must have signed; all if not given")
    word.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="how many verify signatures")
    word = words.add_parser("prove", parents=[shared], help="prove that a transaction is in the log · 存在证明")
    word.add_argument("path", type=_place, metavar="PATH", help="a ledger's file or URL, or a bundle")
    word.add_argument("transaction", metavar="TX", nargs="?", help="id or index of the transaction")
    word.add_argument("--since", type=Path, metavar="CHECKPOINT", help="prove instead that the log continues this one")
    word.add_argument("-o", "--output", type=Path, metavar="FOLDER", help="where to write the proof of inclusion")
    word = words.add_parser("bundle", parents=[shared], help="carry a ledger away as a proof bundle · 导出证明包")
    word.add_argument("path", type=_place, metavar="PATH", help="a ledger's file or URL")
    word.add_argument("output", type=Path, metavar="FOLDER", help="where to write it; it must not be there")
    word = words.add_parser("compare", parents=[shared], help="two copies of a ledger side by side · 比对账本")
    word.add_argument("first", type=_place, metavar="PATH")
    word.add_argument("second", type=_place, metavar="PATH")
    word.add_argument("-o", "--output", type=Path, metavar="FILE", help="where to write evidence of a fork · 分叉证据")


def _place(text: str) -> Path | str:
    """Return a path, or the URL of a database as it stands: a path would make one slash of two."""
    from ledger.auditor.database import is_database

    return text if is_database(text) else Path(text)


def _shown(place: Path | str) -> str:
    """Return a path, or a database without its password."""
    from ledger.database_url import place_of

    return place_of(place) if isinstance(place, str) else str(place)


def _verify(given: argparse.Namespace, say: Say, progress: Progress) -> int:
    """Check a ledger, a bundle, a proof of inclusion, or evidence of a fork."""
    from ledger.auditor.proof_files import FILES, check_inclusion, read_inclusion
    from ledger.auditor.verification import verify
    from ledger.evidence import is_evidence

    if is_evidence(Path(given.path)):
        return _verify_evidence(given, say)
    if (Path(given.path) / FILES[1]).is_file():
        proof = read_inclusion(given.path)
        checkpoint = check_inclusion(proof, witnesses=given.witnesses, quorum=given.quorum)
        say(f"entry {proof.place} is in the log {checkpoint.origin} of {checkpoint.size:,} entries · 该交易已在账本中")
        say(f"signed by · 签名密钥: {proof.log_key}")
        if given.witnesses:
            say(f"cosigned by {given.quorum or 'all'} of the witnesses given, or more · 见证有效")
        return 0
    report = verify(
        given.path,
        ledger=given.ledger,
        processes=given.processes,
        progress=progress,
        witnesses=given.witnesses,
        quorum=given.quorum,
    )
    say(f"ledger · 账本: {report.ledger or 'unknown'}  {report.origin}  {report.suite}")
    say(f"hold · 有效: {report.blocks:,} blocks, {report.entries:,} entries, root {report.root}")
    if report.witnesses:
        since = datetime.fromtimestamp(report.cosigned_at, UTC)
        say(f"cosigned by · 见证: {', '.join(report.witnesses)}, the first at {since:%Y-%m-%d %H:%M:%S} UTC")
    elif report.named_witnesses:
        names = ", ".join(report.named_witnesses)
        say(f"cosigned, it says itself, by · 自称见证: {names}; give the keys that you trust with --witness")
    for finding in report.findings:
        say(f"FIRST FAULT · 首个错误: {finding}")
    say("everything holds · 全部有效" if report.holds else "nothing after that is vouched for · 其后内容均不可信")
    return 0 if report.holds else 1


def _verify_evidence(given: argparse.Namespace, say: Say) -> int:
    from ledger.evidence import check_evidence, read_evidence

    evidence = read_evidence(given.path)
    say(f"FORKED: the log has signed {check_evidence(evidence)} · 账本分叉证据有效")
    say(f"signed by · 签名密钥: {evidence.key}")
    return 0


def _prove(given: argparse.Namespace, say: Say, _: Progress) -> int:
    """Prove that a transaction is in the log, or that the log continues an earlier checkpoint."""
    from ledger.auditor.proof import prove_growth, prove_inclusion
    from ledger.auditor.proof_files import check_inclusion, write_inclusion
    from ledger.errors import UsageError

    if (given.transaction is None) == (given.since is None):
        raise UsageError("give either a transaction, by id or index, or --since CHECKPOINT")
    if given.since is not None:
        growth = prove_growth(given.path, given.since.read_bytes())
        say(f"{growth.later.size:,} entries continue {growth.earlier.size:,} · 账本延续: {len(growth.hashes)} hashes")
        for one in growth.hashes:
            say(one.hex())
        return 0
    proof = prove_inclusion(given.path, given.transaction)
    checkpoint = check_inclusion(proof)
    say(f"entry {proof.place} of {checkpoint.size:,} in {checkpoint.origin} · 存在证明: {len(proof.hashes)} hashes")
    if given.output is not None:
        write_inclusion(proof, given.output)
        say(f"written to · 已写入: {given.output}; check it with hexi ledger verify {given.output}")
    return 0


def _bundle(given: argparse.Namespace, say: Say, _: Progress) -> int:
    """Write a ledger as files that anybody can carry away and check."""
    from ledger.auditor.bundling import write_bundle

    write_bundle(given.path, given.output)
    say(f"written to · 已写入: {given.output}; check it with hexi ledger verify {given.output}")
    return 0


def _compare(given: argparse.Namespace, say: Say, _: Progress) -> int:
    """Lay two copies side by side."""
    from ledger.auditor.comparison import compare

    found = compare(given.first, given.second)
    say(f"{_IN_WORDS[found.relation]} ({found.blocks:,} blocks shared · 共同区块)")
    for path, branch in ((given.first, found.first), (given.second, found.second)):
        if branch is not None:
            say(f"{_shown(path)} has · 内容: {branch.header}")
            if branch.entry is not None:
                say(f"  entry {branch.entry}: {branch.transaction or '(none)'}")
            say("  " + branch.checkpoint.strip().replace("\n", "\n  "))
    if not found.agrees:
        _show_evidence(found, given.output, say)
    return 0 if found.agrees else 1


def _show_evidence(found: "Comparison", output: Path | None, say: Say) -> None:
    from ledger.evidence import check_evidence, write_evidence

    evidence = found.evidence
    if evidence is None:
        say("not both are signed by one operator: no evidence against it · 并非同一运营方签名")
        return
    say(f"evidence: the operator has signed {check_evidence(evidence)} · 运营方自相矛盾")
    if output is not None:
        write_evidence(evidence, output)
        say(f"written to · 已写入: {output}; check it with hexi ledger verify {output}")


_IN_WORDS = {
    "same": "the two are the same · 完全一致",
    "first_is_longer": "the first continues the second · 前者延续后者",
    "second_is_longer": "the second continues the first · 后者延续前者",
    "forked": "the histories part: FORKED · 账本分叉",
    "different_ledgers": "these are two different ledgers · 不同账本",
}
WORDS: dict[str, Callable[[argparse.Namespace, Say, Progress], int]] = {
    "verify": _verify,
    "prove": _prove,
    "bundle": _bundle,
    "compare": _compare,
}
