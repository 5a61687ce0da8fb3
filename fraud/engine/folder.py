"""An engine as a folder: rulebook, model, costs, lists and the features' state, each with its hash in one manifest.

Nothing in it is run or unpickled, and no byte can be changed unnoticed: every file is named by its hash in the
manifest, and the hash of the manifest is the engine's version, which who deploys writes down elsewhere.

    manifest.json    names, versions, hashes
    rulebook.toml    all rules, expanded
    model.hexi       of `fraud.modelfile`; absent if rules decide alone
    costs.toml       the four actions
    lists.jsonl, snoozes.jsonl, features.state
"""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from fraud.costs import ACTIONS, CostTable, read_costs
from fraud.engine.canonical import canonical, content_hash
from fraud.engine.capacity import Capacity
from fraud.engine.clock import Clock
from fraud.engine.deciding import Engine
from fraud.engine.lists import Lists
from fraud.engine.rulebook_file import rulebook_text
from fraud.engine.setting import Model, Setting, costs_hash, rulebook_name, schema_hash
from fraud.engine.snooze import Snooze
from fraud.errors import EngineFolderError
from fraud.rules import Rulebook, parse

__all__ = ["costs_text", "open_engine", "open_setting", "read_manifest", "save_engine"]

MANIFEST: Final = "manifest.json"
_FORMAT: Final = 1
_MODEL: Final = "model.hexi"
_STATE: Final = "features.state"
_ALWAYS: Final = ("rulebook.toml", "costs.toml", "lists.jsonl", "snoozes.jsonl", _STATE)


def costs_text(costs: CostTable) -> str:
    """Return a table of costs as TOML, which `fraud.costs.read_costs` reads as the same.

    Examples
    --------
    >>> from fraud.costs import ActionCost
    >>> table = CostTable(ActionCost(100, 0, 0.5), ActionCost(200, 50, 0.2), ActionCost(400, 50, 0.0))
    >>> read_costs(costs_text(table)) == table
    True
    """
    blocks = [
        f"[{name}]\nfriction_fen = {entry.friction_fen}\nhandling_fen = {entry.handling_fen}\n"
        f"share_lost = {float(entry.share_lost)!r}\n"
        for name, entry in zip(ACTIONS, costs.actions, strict=True)
    ]
    return "\n".join(blocks)


def save_engine(engine: Engine, folder: str | Path, about: Mapping[str, Any] | None = None) -> str:
    """Write an engine as a folder, whole or not at all, and return its version, the hash of its manifest.

    Parameters
    ----------
    engine
        The engine; its features can `save`.
    folder
        A folder that is not there yet.
    about
        Whatever else is to be known of it, as JSON can say it.

    Raises
    ------
    EngineFolderError
        If the folder is there already.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from fraud.engine.training import shipped_costs
    >>> from fraud.online import OnlineFeatures
    >>> from fraud.rules import first_rulebook
    >>> features = OnlineFeatures(["occurred_at", "customer_id", "amount_fen"])
    >>> engine = Engine(features, first_rulebook(), None, shipped_costs())
    >>> with TemporaryDirectory() as folder:
    ...     version = save_engine(engine, Path(folder) / "engine", {"made_by": "me"})
    ...     read_manifest(Path(folder) / "engine", version)["about"]
    {'made_by': 'me'}
    """
    folder = Path(folder)
    if folder.exists():
        raise EngineFolderError(f"{folder} is there already; an engine is written once, give it another name")
    waiting = folder.with_name(f"{folder.name}.writing")
    shutil.rmtree(waiting, ignore_errors=True)
    waiting.mkdir(parents=True)
    with engine.pause():
        _write_parts(engine, waiting)
        setting = engine.setting
        manifest = {
            "format": _FORMAT,
            "about": dict(about or {}),
            "names": list(setting.names),
            "features": list(engine.features.names),
            "sequence": engine.features.sequence,
            "clock": engine.clock.state(),
            "capacity": None if engine.capacity is None else engine.capacity.state(),
            "files": {file.name: content_hash(file.read_bytes()) for file in sorted(waiting.iterdir())},
        }
    (waiting / MANIFEST).write_bytes(canonical(manifest))
    waiting.rename(folder)
    return content_hash(canonical(manifest))


def _write_parts(engine: Engine, folder: Path) -> None:
    setting, kept = engine.setting, engine.features
    (folder / "rulebook.toml").write_text(rulebook_text(setting.rulebook), encoding="utf-8")
    (folder / "costs.toml").write_text(costs_text(setting.costs), encoding="utf-8")
    engine.lists.save(folder / "lists.jsonl")
    snoozes = b"".join(canonical(snooze.as_json()) + b"\n" for snooze in engine.snoozes)
    (folder / "snoozes.jsonl").write_bytes(snoozes)
    state: Any = kept
    state.save(folder / _STATE)
    if setting.model is not None:
        from fraud import modelfile

        about = getattr(setting.model, "about", {})
        modelfile.save(folder / _MODEL, setting.model.model, setting.model.names, about)


def read_manifest(folder: str | Path, version: str | None = None) -> dict[str, Any]:
    """Return the manifest of an engine folder, after every file was found to have its hash.

    Parameters
    ----------
    folder
        The folder.
    version
        The version that it must have; None takes any.

    Raises
    ------
    EngineFolderError
        If it is no engine folder, a file is missing or was changed, or it has another version.

    Examples
    --------
    >>> read_manifest("nowhere")
    Traceback (most recent call last):
    fraud.errors.deciding.EngineFolderError: nowhere is no engine folder: its manifest.json cannot be read ...
    """
    folder = Path(folder)
    try:
        content = (folder / MANIFEST).read_bytes()
        manifest: dict[str, Any] = orjson.loads(content)
    except (OSError, orjson.JSONDecodeError) as error:
        raise EngineFolderError(f"{folder} is no engine folder: its {MANIFEST} cannot be read ({error})") from None
    if not isinstance(manifest, dict) or manifest.get("format") != _FORMAT:
        raise EngineFolderError(f"{folder} must hold a manifest of format {_FORMAT}")
    files = manifest["files"] if isinstance(manifest.get("files"), dict) else {}
    lacking = [name for name in _ALWAYS if name not in files]
    if lacking:
        raise EngineFolderError(f"{folder}: the manifest must name the hash of {lacking[0]}")
    found = content_hash(content)
    if version is not None and found != version:
        raise EngineFolderError(f"{folder} holds the engine {found[:12]}..., but {version[:12]}... is wanted")
    for name, hashed in files.items():
        file = folder / Path(name).name
        if not file.is_file() or content_hash(file.read_bytes()) != hashed:
            raise EngineFolderError(f"{folder}: {name} is missing or was changed; its hash must be {hashed[:12]}...")
    return manifest


def open_setting(folder: str | Path, version: str | None = None) -> Setting:
    """Return what the engine of a folder decides by, for a `fraud.engine.replay.Library` or as a challenger.

    Raises
    ------
    EngineFolderError
        As `read_manifest`, or if the parts are not those that the manifest names.
    """
    manifest = read_manifest(folder, version)
    return Setting.of(*_parts(Path(folder), manifest), manifest["features"])


def _parts(folder: Path, manifest: Mapping[str, Any]) -> tuple[Rulebook, Model | None, CostTable]:
    rulebook = parse((folder / "rulebook.toml").read_text(encoding="utf-8"), "rulebook.toml")
    costs = read_costs((folder / "costs.toml").read_text(encoding="utf-8"))
    model: Model | None = None
    if _MODEL in manifest["files"]:
        from fraud import modelfile

        model = modelfile.load(folder / _MODEL, version=manifest["names"][1])
    made = [rulebook_name(rulebook), "" if model is None else model.version, costs_hash(costs)]
    made.append(schema_hash(manifest["features"]))
    if made != manifest["names"]:
        raise EngineFolderError(f"{folder} holds {', '.join(made)}; its manifest names {', '.join(manifest['names'])}")
    return rulebook, model, costs


def open_engine(folder: str | Path, version: str | None = None, features: Any = None) -> Engine:
    """Return the engine of a folder.

    Parameters
    ----------
    folder
        What `save_engine` wrote.
    version
        The version that it must have; None takes any.
    features
        The class whose `restore` reads the features' state; None is `fraud.online.OnlineFeatures`.

    Raises
    ------
    EngineFolderError
        If a part is missing, was changed, or does not fit.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from fraud.engine.training import shipped_costs
    >>> from fraud.online import OnlineFeatures
    >>> from fraud.rules import first_rulebook
    >>> features = OnlineFeatures(["occurred_at", "customer_id", "amount_fen"])
    >>> engine = Engine(features, first_rulebook(), None, shipped_costs())
    >>> with TemporaryDirectory() as folder:
    ...     version = save_engine(engine, Path(folder) / "engine")
    ...     open_engine(Path(folder) / "engine", version).setting.names == engine.setting.names
    True
    """
    folder, manifest = Path(folder), read_manifest(folder, version)
    if features is None:
        from fraud.online import OnlineFeatures

        features = OnlineFeatures
    state = features.restore(folder / _STATE)
    _check_state(folder, manifest, state.names, state.sequence)
    snoozes = (folder / "snoozes.jsonl").read_bytes().splitlines()
    engine = Engine(
        state,
        *_parts(folder, manifest),
        lists=Lists.load(folder / "lists.jsonl"),
        snoozes=[Snooze.from_json(orjson.loads(line)) for line in snoozes],
        capacity=None if manifest["capacity"] is None else Capacity.of_state(manifest["capacity"]),
    )
    engine.clock = Clock(*manifest["clock"])
    return engine


def _check_state(folder: Path, manifest: Mapping[str, Any], names: Sequence[str], sequence: int) -> None:
    if list(names) != manifest["features"] or sequence != manifest["sequence"]:
        raise EngineFolderError(
            f"{folder}: {_STATE} holds {len(names)} features after {sequence} events; "
            f"the manifest says {len(manifest['features'])} after {manifest['sequence']}"
        )
