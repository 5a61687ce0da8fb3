r"""The file format: a line of text, a hash, a JSON header, and arrays one behind the other.

    HEXI MODEL 1\n
    64 hexadecimal digits\n        SHA-256 of everything that follows
    20 decimal digits\n            length of the header in bytes
    header                         JSON, UTF-8: {"document": ..., "arrays": [[dtype, shape], ...]}
    arrays                         little-endian, in C order, in the order of the header

The same document gives the same bytes on every machine, so the hash can serve as the version of what is inside. It
guards against accidents and silent changes; whoever can forge a file can forge its hash, and is caught only by the
version that was written down elsewhere, in the log of decisions.
"""

import hashlib
import json
from typing import Any

import numpy as np
import numpy.typing as npt

from fraud.errors import ModelFileError

__all__ = ["packed", "unpacked"]

Array = npt.NDArray[Any]

_TITLE = b"HEXI MODEL 1\n"
_HASH_DIGITS = 64
_LENGTH_DIGITS = 20
_TYPES = {"<f8": 8, "<f4": 4, "<i8": 8, "<i4": 4, "|i1": 1, "|b1": 1}
"""Types of arrays that a file may hold, and bytes of one number of each."""


def packed(document: Any, arrays: list[Array]) -> tuple[bytes, str]:
    """Return the bytes of a file, and its version.

    Parameters
    ----------
    document
        What JSON can say; floats must be finite.
    arrays
        Arrays of float64, float32, int64, int32, int8 or bool.

    Examples
    --------
    >>> content, version = packed({"a": 1}, [np.array([1.5])])
    >>> unpacked(content)
    ({'a': 1}, [array([1.5])], '...')
    """
    ordered = [np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")) for array in arrays]
    for array in ordered:
        if array.dtype.str not in _TYPES:
            raise ModelFileError(f"An array of {array.dtype} cannot be stored, only one of {', '.join(_TYPES)}.")
    listed = [[array.dtype.str, list(array.shape)] for array in ordered]
    header = json.dumps(
        {"document": document, "arrays": listed}, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    ).encode()
    body = b"".join([f"{len(header):0{_LENGTH_DIGITS}d}\n".encode(), header, *(array.tobytes() for array in ordered)])
    version = hashlib.sha256(body).hexdigest()
    return _TITLE + version.encode() + b"\n" + body, version


def unpacked(content: bytes) -> tuple[Any, list[Array], str]:
    """Return document, arrays and version of a file's bytes.

    Raises
    ------
    ModelFileError
        If it is another kind of file, was cut off or changed, or says of its arrays what does not fit them.

    Examples
    --------
    >>> content, version = packed({"a": 1}, [])
    >>> unpacked(content) == ({"a": 1}, [], version)
    True
    >>> unpacked(content[:-1])
    Traceback (most recent call last):
    fraud.errors...ModelFileError: The model file was cut off or changed: ...
    """
    head = len(_TITLE) + _HASH_DIGITS + 1
    if not content.startswith(_TITLE):
        raise ModelFileError(f"This is not a model file: it must begin with {_TITLE.decode().strip()!r}.")
    version, body = content[len(_TITLE) : head - 1].decode("ascii", "replace"), content[head:]
    found = hashlib.sha256(body).hexdigest()
    if version != found or content[head - 1 : head] != b"\n":
        raise ModelFileError(
            f"The model file was cut off or changed: its content has the hash {found[:12]}..., "
            f"but it says {version[:12]}.... Fetch it again from where it was made."
        )
    header, rest = _header(body)
    return header["document"], _arrays(header["arrays"], rest), version


def _header(body: bytes) -> tuple[dict[str, Any], bytes]:
    digits, start = body[:_LENGTH_DIGITS], _LENGTH_DIGITS + 1
    if not digits.isdigit() or len(body) < start + int(digits):
        raise ModelFileError("The model file says a length of its header that it does not have.")
    try:
        header = json.loads(body[start : start + int(digits)])
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"The header of the model file is not JSON: {error}.") from error
    if not isinstance(header, dict) or set(header) != {"document", "arrays"} or not isinstance(header["arrays"], list):
        raise ModelFileError('The header of the model file must hold "document" and "arrays".')
    return header, body[start + int(digits) :]


def _arrays(listed: list[Any], rest: bytes) -> list[Array]:
    arrays, at = [], 0
    for entry in listed:
        if not (isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str) and entry[0] in _TYPES):
            raise ModelFileError(f"The model file lists an array as {entry!r}; it must be a type and a shape.")
        kind, shape = entry
        if not (isinstance(shape, list) and all(type(side) is int and side >= 0 for side in shape)):
            raise ModelFileError(f"The model file gives an array the shape {shape!r}.")
        count = 1
        for side in shape:
            count *= side
        end = at + count * _TYPES[kind]
        if end > len(rest):
            raise ModelFileError("The model file ends within an array.")
        arrays.append(np.frombuffer(rest[at:end], dtype=np.dtype(kind)).reshape(shape).copy())
        at = end
    if at != len(rest):
        raise ModelFileError(f"The model file has {len(rest) - at} bytes behind its last array.")
    return arrays
