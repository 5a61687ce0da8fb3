"""Decisions over HTTP: the whole engine behind a server, asked at times that nobody can hold up.

The engine is trained on the province: features online, 561 rules, LightGBM 200 x 31, reasons for alerts, and a log that
is on the disk before anybody is answered. Its events are those that come after. Requests arrive by chance (Poisson) at
500 a second, then at more; a request's time runs from the moment at which it was due. The floors are the same web
server with nothing behind it: an application that answers a constant, and one that has the request on the disk first,
as ours has its decision. Server and generator share the machine, as a process each.

Beyond its capacity a server degrades as declared (25 ms of waiting) and then turns away; both shares are shown, and
times are those of the answers with a decision.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import orjson
import pandas as pd

from benchmarks.measurement import SHARE, Measurement, Progress
from benchmarks.open_loop import connections_allowed, due_times, fire, request_of
from datasets import transactions, truth
from fraud.engine.events import event_json
from fraud.schema import COLUMNS, LABEL

__all__ = ["PACKAGES", "TITLE_ZH", "engine_and_events", "run", "serving"]

TITLE_ZH = "在线决策：HTTP 延迟"
PACKAGES = ("lightgbm", "numba", "starlette", "uvicorn", "httptools", "orjson")
_SEED = 7
_ROWS, _QUICK_ROWS = 60_000, 6_000
_RATES, _QUICK_RATES = (500, 1_000, 2_000), (200,)
_SECONDS, _QUICK_SECONDS = 20, 1
_WARM_UP = 200
_CONNECTIONS = 4_096
"""With few, a crowd waits for a connection, where the server cannot see it and so sheds nothing."""
_FLOORS = {"floor: a constant": "answer", "floor: a constant, on the disk first": "kept"}
_SERVER = (sys.executable, "-m", "uvicorn", "--log-level", "info", "--no-access-log", "--port", "0")


def run(quick: bool = False, progress: Progress | None = None) -> tuple[Measurement, ...]:
    """Measure latency at several rates.

    Parameters
    ----------
    quick
        A small engine and 200 requests, in some seconds.
    progress
        Called with the name of a step, how much is done and how much there is.
    """
    rates, seconds = (_QUICK_RATES, _QUICK_SECONDS) if quick else (_RATES, _SECONDS)
    found: list[Measurement] = []
    with tempfile.TemporaryDirectory(prefix="hexi-serving-") as name:
        events = engine_and_events(Path(name) / "engine", _QUICK_ROWS if quick else _ROWS, quick)
        ours = (sys.executable, "-m", "fraud.serving", "serve", f"{name}/engine", "--replay", "--port", "0")
        for place, rate in enumerate(rates):
            if progress is not None:
                progress("rates · 速率", place, len(rates))
            sent = [orjson.dumps(event) for event in events[: rate * seconds + _WARM_UP]]
            for floor_name, floor in _FLOORS.items():
                found += _measured(floor_name, (*_SERVER, f"benchmarks.fraud_serving_floor:{floor}"), sent, rate)
            found += _measured("ours, the whole engine", (*ours, "--log", f"{name}/log{rate}"), sent, rate)
    return tuple(found)


def engine_and_events(folder: Path, rows: int, quick: bool = False) -> list[dict[str, object]]:
    """Train an engine on the first part of the province into a folder, and return the payments after it."""
    from fraud.engine.training import train
    from fraud.scorers.boosting import GradientBoosting

    parts = transactions.stream(rows * 2, _SEED, 0.005)
    table = pd.concat([transactions.frame_of(one).assign(**{LABEL: truth.labels_of(one)}) for one in parts])
    table["transaction_id"] = table["transaction_id"].map("T{:08d}".format)
    learnt, later = table.iloc[:rows], table.iloc[rows:]
    until = learnt["occurred_at"].iloc[-1] - timedelta(days=7)
    scorer = GradientBoosting(n_trees=20 if quick else 200, library="lightgbm")
    train([learnt], list(learnt.columns), until.to_pydatetime(), folder, scorer=scorer)
    names = [entry.name for entry in COLUMNS if entry.name in table and entry.name != LABEL]
    records = later[names].itertuples(index=False)
    return [
        event_json({name: None if pd.isna(value) else _plain(value) for name, value in zip(names, row, strict=True)})
        for row in records
    ]


def _plain(value: object) -> object:
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value


@contextmanager
def serving(command: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Start a server as a process, yield where it listens, and end it."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # noqa: S603  # our own commands
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if at := re.search(r"http://([\d.]+):(\d+)", line):
                yield at[1], int(at[2])
                break
        else:
            raise RuntimeError(f"{' '.join(command)} did not start")
    finally:
        process.terminate()
        process.wait(20)
        if process.stdout is not None:
            process.stdout.close()


def _measured(subject: str, command: Sequence[str], sent: Sequence[bytes], rate: int) -> list[Measurement]:
    connections = connections_allowed(_CONNECTIONS)
    with serving(command) as (host, port):
        requests = [request_of(body, host, port) for body in sent]
        warm, measured = requests[:_WARM_UP], requests[_WARM_UP:]
        fire(host, port, warm, due_times(len(warm), 200.0, _SEED), connections=8)
        answered = fire(host, port, measured, due_times(len(measured), rate, _SEED + 1), connections=connections)
    dataset, count = f"{rate:,} events/s", len(answered.statuses)
    named = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999}
    times = [Measurement(dataset, subject, name, answered.milliseconds(share), "ms") for name, share in named.items()]
    refused = sum(status == 503 for status in answered.statuses)
    return [
        *times,
        Measurement(dataset, subject, "degraded", answered.degraded / count, SHARE),
        Measurement(dataset, subject, "turned away", refused / count, SHARE),
    ]
