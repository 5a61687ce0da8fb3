"""The words `hexi fraud train`, `replay` and `decision`: an engine from a file, and what its log can prove.

Exit codes: 0 as promised, 1 a decision came out otherwise or is not there, 2 a wrong file or wrong usage.
"""

import argparse
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

__all__ = ["WORDS", "mount"]

Say = Callable[[str], None]
Progress = Callable[[str, int, int], None]

_LOG = "decisions.db"


def mount(words: Any, shared: argparse.ArgumentParser) -> None:
    """Add the words to a parser.

    Parameters
    ----------
    words
        Of `argparse.ArgumentParser.add_subparsers`.
    shared
        Options that every word has.
    """
    word = words.add_parser("train", parents=[shared], help="an engine from a file of payments · 训练引擎")
    word.add_argument("source", type=Path, metavar="FILE", help="labelled payments, as for hexi run anti-fraud")
    word.add_argument("engine", type=Path, metavar="ENGINE", help="folder to be made")
    word.add_argument("--mapping", type=Path, metavar="TOML", help="which column is which; guessed otherwise")
    word.add_argument("--rules", type=Path, metavar="FILE", help="a rulebook (default: the 561 rules) · 规则集")
    word.add_argument("--delay", type=float, default=7.0, metavar="DAYS", help="until a label is known · 标签延迟")
    word.add_argument("--per-day", type=int, metavar="N", help="holds that analysts can work off in a day · 日处理量")
    word = words.add_parser("replay", parents=[shared], help="make every decision of a log again · 重放决策日志")
    word.add_argument("log", type=Path, metavar="FOLDER", help="what hexi fraud serve --log names")
    word.add_argument("engine", type=Path, nargs="*", metavar="ENGINE", help="engines that decided; else rules alone")
    word = words.add_parser("decision", parents=[shared], help="one decision of a log, in full · 查询决策")
    word.add_argument("log", type=Path, metavar="FOLDER", help="what hexi fraud serve --log names")
    word.add_argument("event", metavar="ID", help="transaction_id of the event")


def _train(given: argparse.Namespace, say: Say, progress: Progress) -> int:
    """Stage a file, train on it, and write the engine."""
    from fraud import intake
    from fraud.engine.capacity import Capacity
    from fraud.engine.training import train
    from fraud.rules import load

    head = intake.peek(given.source)
    mapping = intake.load(given.mapping) if given.mapping else intake.guess(head.header, head.sample)
    intake.check_header(head.header, mapping)
    with TemporaryDirectory() as folder:
        staged = intake.stage(
            given.source, mapping, Path(folder), lambda done, total: progress("reading · 读取", done, total)
        )
        made = train(
            intake.chunks(staged),
            staged.columns,
            staged.last - timedelta(days=given.delay),
            given.engine,
            rulebook=load(given.rules) if given.rules else None,
            delay_days=given.delay,
            capacity=None if given.per_day is None else Capacity(given.per_day),
        )
    say(f"{made.rows:,} payments, learnt from {made.learnt:,} with {made.frauds:,} frauds · 已训练")
    rulebook, model, _, _ = made.engine.setting.names
    say(f"{rulebook}, {len(made.engine.setting.ids)} rules, {len(made.left_out)} left out · 规则")
    say(f"model · 模型: {model or 'none, too few frauds · 无，欺诈样本过少'}")
    say(f"engine · 引擎版本: {made.version}")
    return 0


def _replay(given: argparse.Namespace, say: Say, _: Progress) -> int:
    """Make every decision again; say which came out otherwise."""
    from fraud.engine.log import DecisionLog
    from fraud.engine.replay import Library, replay

    with DecisionLog(given.log / _LOG, read_only=True) as log:
        report = replay(log, Library(_settings(given.log, given.engine)))
    for found in report.differences:
        say(f"{found.event_id}: {found.name} was {found.recorded!r} and is {found.made!r}")
    say(f"{report.decisions:,} decisions made again, {report.differing:,} came out otherwise · 重放完成")
    return 0 if report.is_faithful else 1


def _settings(log: Path, engines: list[Path]) -> list[Any]:
    """Return what can have decided: the engines, and each with every rulebook that was put in force while serving."""
    from fraud.engine.folder import open_setting
    from fraud.engine.setting import Setting
    from fraud.rules import parse
    from fraud.serving.opening import plain_engine

    own = [open_setting(engine) for engine in engines] or [plain_engine().setting]
    books = [parse(file.read_text(encoding="utf-8"), file.name) for file in sorted((log / "rulebooks").glob("*.toml"))]
    swapped = [Setting.of(book, one.model, one.costs, one.feature_names) for one in own for book in books]
    return [*own, *swapped]


def _decision(given: argparse.Namespace, say: Say, _: Progress) -> int:
    """Show one decision with the event that it was made on."""
    from fraud.engine.log import DecisionLog

    with DecisionLog(given.log / _LOG, read_only=True) as log:
        found = log.find("event", given.event)
    if found is None:
        say(f"no event {given.event} was decided · 无此交易")
        return 1
    event, decision = (json.loads(part) for part in found)
    say(json.dumps({"event": event, "decision": decision}, ensure_ascii=False, indent=1))
    return 0


WORDS: dict[str, Callable[[argparse.Namespace, Say, Progress], int]] = {
    "train": _train,
    "replay": _replay,
    "decision": _decision,
}
"""What each word does, and its exit code."""
