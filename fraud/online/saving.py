"""A saved state: one file with a header and arrays, checked by a hash, whole or not there at all.

The file begins with a line that names the format; then the length of the header and the header as JSON (names,
columns, settings, codes of words, shapes, and the SHA-256 of the arrays), its own SHA-256, and the arrays as
little-endian 64-bit numbers. Nothing in it is code. It is written beside its place, flushed to the disk, and renamed.
"""

import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fraud.errors import FeatureStateError
from fraud.online.kernel import Limits

if TYPE_CHECKING:
    from fraud.online.stream import OnlineFeatures

__all__ = ["restore", "save"]

_MAGIC = b"hexi fraud features 1\n"
_ARRAYS = ("slots", "index", "pairs", "arena", "heap", "ids")


def save(online: "OnlineFeatures", path: Path) -> None:
    """Write a stream's state to a file.

    Raises
    ------
    OSError
        If the folder is missing or cannot be written to.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from fraud.online import OnlineFeatures
    >>> online = OnlineFeatures(["occurred_at", "customer_id", "amount_fen"])
    >>> with TemporaryDirectory() as folder:
    ...     save(online, Path(folder) / "features.state")
    ...     [file.name for file in Path(folder).iterdir()]
    ['features.state']
    """
    memory, digest = online.stream.memory, hashlib.sha256()
    arrays = [np.ascontiguousarray(getattr(memory, name), "<i8") for name in _ARRAYS]
    for array in arrays:
        digest.update(array.data)
    header = {
        "columns": list(online.columns),
        "delay_days": online.delay_days,
        "features": list(online.names),
        "limits": asdict(online.stream.limits),
        "money": str(online.stream.money),
        "words": {name: coder.words for name, coder in online.stream.reader.coders.items()},
        "shapes": {name: list(array.shape) for name, array in zip(_ARRAYS, arrays, strict=True)},
        "sha256": digest.hexdigest(),
    }
    text = json.dumps(header, ensure_ascii=False).encode("utf-8", "surrogatepass")
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            file.write(_MAGIC + len(text).to_bytes(8, "little") + text + hashlib.sha256(text).digest())
            for array in arrays:
                file.write(array.data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        _flush_folder(path.parent)
    finally:
        partial.unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def restore(kind: "type[OnlineFeatures]", path: Path) -> "OnlineFeatures":
    """Read a stream's state from a file.

    Raises
    ------
    FeatureStateError
        If the file is damaged, is no such state, or was made by another version.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from fraud.online import OnlineFeatures
    >>> online = OnlineFeatures(["occurred_at", "customer_id", "amount_fen"])
    >>> _ = online.push({"occurred_at": 0, "customer_id": "a", "amount_fen": 100})
    >>> with TemporaryDirectory() as folder:
    ...     save(online, Path(folder) / "features.state")
    ...     restore(OnlineFeatures, Path(folder) / "features.state").sequence
    1
    """
    with path.open("rb") as file:
        header = _header(file, path)
        online = kind(header["columns"], header["delay_days"], header["features"], Limits(**header["limits"]))
        if list(online.names) != header["features"]:
            raise FeatureStateError(f"{path} was made by another version, whose features need other columns.")
        digest, memory = hashlib.sha256(), online.stream.memory
        for name in _ARRAYS:
            array = np.empty(header["shapes"][name], "<i8")
            if file.readinto(array.data.cast("B")) != array.nbytes:
                raise FeatureStateError(f"{path} ends within the array {name}; take an older copy of the state.")
            digest.update(array.data)
            setattr(memory, name, array.astype(np.int64, copy=False))
        if file.read(1) or digest.hexdigest() != header["sha256"]:
            raise FeatureStateError(f"{path} is not what was saved: its hash differs; take an older copy of the state.")
    online.stream.money = int(header["money"])
    for name, coder in online.stream.reader.coders.items():
        for word in header["words"][name]:
            coder.one(word)
    online.stream.bind()
    return online


def _header(file: Any, path: Path) -> dict[str, Any]:
    if file.read(len(_MAGIC)) != _MAGIC:
        raise FeatureStateError(f"{path} is no saved state of features, or one of another version.")
    length = int.from_bytes(file.read(8), "little")
    text = file.read(length) if length < 2**28 else b""
    if hashlib.sha256(text).digest() != file.read(32):
        raise FeatureStateError(f"{path} has a damaged header; take an older copy of the state.")
    header: dict[str, Any] = json.loads(text.decode("utf-8", "surrogatepass"))
    return header
