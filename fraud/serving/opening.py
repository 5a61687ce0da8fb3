"""An engine made ready to serve: its parts from a folder, its log beside it, and the rulebook that was last in force.

A rulebook that was put in force while serving is kept beside the log, under the hash that decisions name it by: the
next start goes on with it, and what it decided can be replayed for as long as the log is kept.
"""

from collections.abc import Callable
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from fraud.costs import read_costs
from fraud.engine import Engine, attach
from fraud.engine.folder import open_engine
from fraud.engine.log import DecisionLog
from fraud.engine.rulebook_file import rulebook_text
from fraud.engine.setting import rulebook_name
from fraud.errors import EngineFolderError
from fraud.rules import Rulebook, parse
from fraud.schema import MAX_AMOUNT_FEN
from fraud.serving.deciding import EngineDecider

__all__ = ["keep_rulebook", "open_decider", "plain_engine"]

LOG = "decisions.db"


def plain_engine() -> Engine:
    """Return an engine of the shipped rulebook and costs alone, which has seen nothing and asks no model."""
    from fraud.online import OnlineFeatures
    from fraud.rules import full_rulebook
    from fraud.schema import COLUMNS, LABEL

    columns = [entry.name for entry in COLUMNS if entry.name != LABEL]
    costs = read_costs((files("fraud") / "policies" / "costs.toml").read_text(encoding="utf-8"))
    return Engine(OnlineFeatures(columns), full_rulebook(), None, costs)


def open_decider(
    folder: Path | None,
    log: Path,
    rules: Path | None = None,
    clock: Callable[[], datetime] | None = None,
    make: Callable[[Path], Engine] = open_engine,
) -> EngineDecider:
    """Return what decides, brought to where its log ends.

    Parameters
    ----------
    folder
        What `fraud.engine.folder.save_engine` wrote; None is `plain_engine`.
    log
        The folder of the log; it is made if it is not there.
    rules
        A rulebook to begin with, instead of the folder's or the last one in force.
    clock
        As that of `EngineDecider`.
    make
        Reads the folder.

    Raises
    ------
    EngineFolderError
        If the folder is no engine's, or the rulebook that was last in force is not there any more.
    DecisionLogError
        If another process writes the log, or it is damaged.
    """
    engine = plain_engine() if folder is None else make(folder)
    log.mkdir(parents=True, exist_ok=True)
    book = parse(rules.read_text(encoding="utf-8"), rules.name) if rules else _last_in_force(engine, log)
    if book is not None:
        keep_rulebook(book, log)
        engine.swap(rules=book)
    else:
        keep_rulebook(engine.setting.rulebook, log)
    attach(engine, log / LOG)
    _warm_up(engine)
    return EngineDecider(engine, clock, keep=lambda made: keep_rulebook(made, log))


def _warm_up(engine: Engine) -> None:
    """Have an engine like this one decide, so that the first payment does not wait for machine code to be read."""
    from fraud.online import OnlineFeatures

    if isinstance(engine.features, OnlineFeatures):
        kept, setting = engine.features, engine.setting
        alike = OnlineFeatures(kept.columns, kept.delay_days, kept.names)
        payment = {"transaction_id": "0", "occurred_at": 0, "customer_id": "0", "amount_fen": MAX_AMOUNT_FEN}
        Engine(alike, setting.rulebook, setting.model, setting.costs).decide(payment).as_json()


def keep_rulebook(rulebook: Rulebook, log: Path) -> Path:
    """Write a rulebook beside a log, under its hash; return the file."""
    file = log / "rulebooks" / f"{rulebook_name(rulebook).rpartition(':')[2]}.toml"
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        waiting = file.with_suffix(".writing")
        waiting.write_text(rulebook_text(rulebook), encoding="utf-8")
        waiting.replace(file)
    return file


def _last_in_force(engine: Engine, log: Path) -> Rulebook | None:
    """Return the rulebook that decided last, if it is not the engine's own."""
    if not (log / LOG).exists():
        return None
    with DecisionLog(log / LOG, read_only=True) as kept:
        named = [item.table["names"][0] for item in kept.others() if item.kind == "setting" and "names" in item.table]
    if not named or named[-1] == engine.setting.names[0]:
        return None
    file = log / "rulebooks" / f"{named[-1].rpartition(':')[2]}.toml"
    if not file.exists():
        raise EngineFolderError(
            f"{named[-1]} decided last, but {file} is not there; put it back, or say with --rules what is in force"
        )
    rulebook = parse(file.read_text(encoding="utf-8"), file.name)
    if rulebook_name(rulebook) != named[-1]:
        raise EngineFolderError(f"{file} was changed: it is {rulebook_name(rulebook)}, not {named[-1]}")
    return rulebook
