"""Saving and loading a fitted scorer, with the names of its features and what is to be known about it."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sklearn.utils.validation import check_is_fitted

from fraud.errors import ModelFileError, ModelMisfitError
from fraud.modelfile.container import packed, unpacked
from fraud.modelfile.parts import disassembled, reassembled
from fraud.modelfile.soundness import check_sound
from fraud.scorers.single import columns_of

__all__ = ["LoadedModel", "load", "save"]

_MOST_BYTES = 2**31


@dataclass(frozen=True)
class LoadedModel:
    """A model from a file.

    Parameters
    ----------
    model
        The fitted scorer.
    names
        Names of the features, in the order of its columns.
    version
        SHA-256 of the content, 64 hexadecimal digits.
    about
        What its maker wrote down: when it was trained, on what, how well it did.
    """

    model: Any
    names: tuple[str, ...]
    version: str
    about: dict[str, Any]


def save(path: Path, model: Any, names: Sequence[str], about: Mapping[str, Any] | None = None) -> str:
    """Write a fitted scorer to a file, whole or not at all, and return its version.

    Parameters
    ----------
    path
        The file; one that is there is replaced in one step.
    model
        A fitted scorer of `fraud.scorers`.
    names
        Names of the features, in the order of the columns that it learnt from.
    about
        Whatever else is to be known about it, as JSON can say it.

    Raises
    ------
    ModelKindError
        If the model, or a member of it, is of a kind that cannot be stored.
    ModelMisfitError
        If the names are not those of the columns that it learnt from.
    ModelFileError
        If `about` is not JSON.

    Examples
    --------
    >>> import tempfile
    >>> from fraud.scorers import RuleScorecard
    >>> card = RuleScorecard().fit([[1.0], [1.0], [0.0], [0.0]], [1, 1, 0, 0])
    >>> path = Path(tempfile.mkdtemp()) / "card.model"
    >>> version = save(path, card, ["rule:a"], {"trained": "2026-01-31"})
    >>> load(path).version == version, load(path).about
    (True, {'trained': '2026-01-31'})
    """
    check_is_fitted(model)
    columns = columns_of(model, names)
    if len(columns) != len(names) or (columns != range(len(names))).any():
        raise ModelMisfitError(f"Give the {model.n_features_in_} names in the order in which the model learnt them.")
    arrays: list[Any] = []
    document = {"names": list(names), "about": dict(about or {}), "model": disassembled(model, arrays)}
    try:
        content, version = packed(document, arrays)
    except (TypeError, ValueError) as error:
        raise ModelFileError(f"What is told about the model must be JSON with finite numbers: {error}.") from error
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return version


def load(path: Path, names: Sequence[str] | None = None, version: str | None = None) -> LoadedModel:
    """Return the model of a file.

    Parameters
    ----------
    path
        The file.
    names
        Names of the features that it will be given, in their order; None does not check them.
    version
        The version that it must have, as written down elsewhere; None takes any.

    Raises
    ------
    ModelFileError
        If there is no such file, it is not a model, was cut off or changed, or has another version.
    ModelMisfitError
        If the model's features differ from the names; the message names the first that does.

    Examples
    --------
    >>> load(Path("lost.model"))
    Traceback (most recent call last):
    fraud.errors...ModelFileError: The model file lost.model cannot be read: No such file or directory.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ModelFileError(f"{path} has {path.stat().st_size:,} bytes, more than a model file may have.")
        document, arrays, found = unpacked(path.read_bytes())
    except OSError as error:
        raise ModelFileError(f"The model file {path} cannot be read: {error.strerror}.") from error
    if version is not None and version != found:
        raise ModelFileError(f"{path} holds the version {found[:12]}..., but {version[:12]}... is wanted.")
    if not isinstance(document, dict) or set(document) != {"names", "about", "model"}:
        raise ModelFileError(f"{path} must hold names, about and model.")
    known, about = document["names"], document["about"]
    if not (isinstance(known, list) and all(isinstance(name, str) for name in known) and isinstance(about, dict)):
        raise ModelFileError(f"{path} must hold a list of names, and an object that tells about the model.")
    model = reassembled(document["model"], arrays)
    check_sound(model, len(known))
    if names is not None:
        _check_fit(known, names)
    return LoadedModel(model, tuple(known), found, about)


def _check_fit(known: Sequence[str], given: Sequence[str]) -> None:
    for place, (learnt, offered) in enumerate(zip(known, given, strict=False)):
        if learnt != offered:
            raise ModelMisfitError(f"The model learnt {learnt} as feature {place}, but is given {offered} there.")
    if len(known) != len(given):
        longer = known if len(known) > len(given) else given
        odd = longer[min(len(known), len(given))]
        raise ModelMisfitError(f"The model learnt {len(known)} features, but is given {len(given)}: see {odd}.")
