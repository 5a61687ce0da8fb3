"""The words `hexi fraud serve` and `hexi fraud stream`, mounted by the roof.

Exit codes: 0 ended as asked, 2 wrong usage or a part that is missing.
"""

import argparse
import signal
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fraud.errors import ExtraMissingError

if TYPE_CHECKING:
    from fraud.stream import StreamSettings

__all__ = ["WORDS", "mount"]

Say = Callable[[str], None]
Progress = Callable[[str, int, int], None]


def mount(words: Any, shared: argparse.ArgumentParser) -> None:
    """Add the words to a parser.

    Parameters
    ----------
    words
        Of `argparse.ArgumentParser.add_subparsers`.
    shared
        Options that every word has.
    """
    word = words.add_parser("serve", parents=[shared], help="decide over HTTP, with a live page · 在线决策服务")
    _add_engine(word)
    word.add_argument("--host", default="127.0.0.1", help="where to listen; this machine alone unless told otherwise")
    word.add_argument(
        "--name", action="append", default=[], metavar="HOST", help="a name under which it may be asked; repeatable"
    )
    word.add_argument("--port", type=int, default=8790, metavar="N", help="0 for any that is free · 端口")
    word.add_argument(
        "--patience", type=float, default=25.0, metavar="MS", help="waiting after which rules alone decide · 降级等待"
    )
    word.add_argument("--most-waiting", type=int, default=2_000, metavar="N", help="more are turned away · 最大排队")
    word.add_argument("--reference", type=Path, metavar="FILE", help="JSON that drift is compared with · 漂移对照")
    word = words.add_parser("stream", parents=[shared], help="decide on a topic of Kafka · 流式决策")
    _add_engine(word)
    word.add_argument("--brokers", metavar="HOST:PORT", help="where the broker is · 消息服务地址")
    word.add_argument("--events", default="payments", metavar="TOPIC", help="what comes in · 交易主题")
    word.add_argument("--decisions", default="decisions", metavar="TOPIC", help="what goes out · 决策主题")
    word.add_argument("--dead-letters", default="payments.dead", metavar="TOPIC", help="what is no event · 死信主题")
    word.add_argument("--group", default="hexi-fraud", help="name under which workers share partitions")
    word.add_argument("--partitions", default="", metavar="N,N", help="partitions that are this worker's alone")
    word.add_argument("--patience", type=float, metavar="S", help="age of a message after which rules alone decide")
    word.add_argument("--from", type=Path, dest="source", metavar="FILE", help="demonstrate with a file of payments")


def _add_engine(word: argparse.ArgumentParser) -> None:
    word.add_argument("engine", type=Path, nargs="?", metavar="ENGINE", help="folder of an engine; else rules alone")
    word.add_argument(
        "--log", type=Path, default=Path("decisions"), metavar="FOLDER", help="what is decided · 决策日志"
    )
    word.add_argument("--rules", type=Path, metavar="FILE", help="another rulebook; SIGHUP reads it again · 规则集")
    word.add_argument("--replay", action="store_true", help="events of another time: their clock counts · 历史回放")


def _serve(given: argparse.Namespace, say: Say, _: Progress) -> int:
    """Serve over HTTP until a signal ends it."""
    _require("starlette", "uvicorn")
    from fraud.serving.application import Application
    from fraud.serving.desk import Desk
    from fraud.serving.door import Door
    from fraud.serving.drift import Drift
    from fraud.serving.limits import Limits
    from fraud.serving.opening import open_decider
    from fraud.serving.server import listen, serve

    limits = Limits(patience=given.patience / 1e3, most_waiting=given.most_waiting)
    drift = Drift.read(given.reference) if given.reference else Drift()
    with listen(given.host, given.port) as listening:
        decider = open_decider(given.engine, given.log, given.rules, None if given.replay else datetime.now)
        desk = Desk(decider, limits)
        desk.watch.drift = drift
        now = (lambda: None) if given.replay else datetime.now
        application = Application(desk, Door([given.host, *given.name]), now)
        versions, port = decider.versions(), listening.getsockname()[1]
        model = versions["model"] or "none · 无"
        say(f"{versions['rulebook']}, {versions['rules']} rules · 规则; model · 模型: {model}")
        say(f"live page · 实时监控: http://{given.host}:{port}/")
        serve(application, listening, given.rules, say)
    say(f"ended: {desk.watch.number:,} decisions, all on the disk · 已停止，决策均已落盘")
    return 0


def _stream(given: argparse.Namespace, say: Say, _: Progress) -> int:
    """Decide on a topic until a signal ends it, or demonstrate with a file."""
    _require("confluent_kafka")
    from fraud.errors import StreamSettingsError
    from fraud.serving.opening import open_decider
    from fraud.stream.demonstration import demonstrate
    from fraud.stream.worker import Worker

    if (given.brokers is None) == (given.source is None):
        raise StreamSettingsError("give either --brokers HOST:PORT, or --from FILE to demonstrate without any")
    decider = open_decider(given.engine, given.log, given.rules, None if given.replay else datetime.now)
    try:
        if given.source is not None:
            return demonstrate(decider, given.log, given.source, say)
        worker = Worker(decider, _settings(given), given.log)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        say(f"deciding what comes on {given.events} at {given.brokers} · 正在处理")
        counts = worker.run()
    finally:
        decider.close()
    say(", ".join(f"{name} {count:,}" for name, count in sorted(counts.items())) or "nothing came · 无消息")
    return 0


def _settings(given: argparse.Namespace) -> "StreamSettings":
    from fraud.errors import StreamSettingsError
    from fraud.stream.settings import StreamSettings

    try:
        own = tuple(int(part) for part in given.partitions.split(",") if part)
    except ValueError:
        raise StreamSettingsError(f"--partitions is {given.partitions!r}; give numbers such as 0,1") from None
    return StreamSettings(
        given.brokers,
        given.events,
        given.decisions,
        given.dead_letters,
        given.group,
        partitions=own,
        patience=given.patience,
    )


def _require(*modules: str) -> None:
    from importlib.util import find_spec

    for name in modules:
        if find_spec(name) is None:
            raise ExtraMissingError(f"this needs {name}: pip install -e '.[fraud,serve]'")


WORDS: dict[str, Callable[[argparse.Namespace, Say, Progress], int]] = {"serve": _serve, "stream": _stream}
