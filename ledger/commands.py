"""The ledger's own commands: `hexi ledger verify`, `prove` and `compare`, mounted by the roof.

Exit codes: 0 it holds, 1 it does not, 2 wrong usage.
"""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
    word.add_argument("path", type=Path, metavar="PATH", help="a ledger's file, a bundle, or a proof of inclusion")
    word.add_argument("--ledger", metavar="ID", help="the id that the ledger should have")
    word.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="how many verify signatures")
    word = words.add_parser("prove", parents=[shared], help="prove that a transaction is in the log · 存在证明")
    word.add_argument("path", type=Path, metavar="PATH", help="a ledger's file or a bundle")
    word.add_argument("transaction", metavar="TX", nargs="?", help="id or index of the transaction")
    word.add_argument("--since", type=Path, metavar="CHECKPOINT", help="prove instead that the log continues this one")
    word.add_argument("-o", "--output", type=Path, metavar="FOLDER", help="where to write the proof of inclusion")
    word = words.add_parser("compare", parents=[shared], help="two copies of a ledger side by side · 比对账本")
    word.add_argument("first", type=Path, metavar="PATH")
    word.add_argument("second", type=Path, metavar="PATH")


def _verify(given: argparse.Namespace, say: Say, progress: Progress) -> int:
    """Check a ledger, a bundle or a proof of inclusion."""
    from ledger.auditor.proof_files import FILES, check_inclusion, read_inclusion
    from ledger.auditor.verification import verify

    if (given.path / FILES[1]).is_file():
        proof = read_inclusion(given.path)
        checkpoint = check_inclusion(proof)
        say(f"entry {proof.place} is in the log {checkpoint.origin} of {checkpoint.size:,} entries · 该交易已在账本中")
        say(f"signed by · 签名密钥: {proof.log_key}")
        return 0
    report = verify(given.path, ledger=given.ledger, processes=given.processes, progress=progress)
    say(f"ledger · 账本: {report.ledger or 'unknown'}  {report.origin}  {report.suite}")
    say(f"hold · 有效: {report.blocks:,} blocks, {report.entries:,} entries, root {report.root}")
    for finding in report.findings:
        say(f"FIRST FAULT · 首个错误: {finding}")
    say("everything holds · 全部有效" if report.holds else "nothing after that is vouched for · 其后内容均不可信")
    return 0 if report.holds else 1


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


def _compare(given: argparse.Namespace, say: Say, _: Progress) -> int:
    """Lay two copies side by side."""
    from ledger.auditor.comparison import compare

    found = compare(given.first, given.second)
    say(f"{_IN_WORDS[found.relation]} ({found.blocks:,} blocks shared · 共同区块)")
    for path, branch in ((given.first, found.first), (given.second, found.second)):
        if branch is not None:
            say(f"{path} has · 内容: {branch.header}")
            if branch.entry is not None:
                say(f"  entry {branch.entry}: {branch.transaction or '(none)'}")
            say("  " + branch.checkpoint.strip().replace("\n", "\n  "))
    return 0 if found.agrees else 1


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
    "compare": _compare,
}
