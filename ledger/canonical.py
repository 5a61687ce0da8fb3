r"""Canonical bytes: the one way in which a value is written, so that what is signed is what is read.

A subset of JCS (RFC 8785): no floats, integers within 2^53 - 1 either way (RFC 7493, I-JSON), object keys in ASCII.
Reading refuses whatever would not be written in the same bytes: equal keys (of which readers keep the last), blanks,
other orders, other escapes, floats, numbers that others would round. Numbers are looked for in the bytes first, because
that is ten times as fast as walking the values; only bytes that look suspicious are walked.

References
----------
RFC 8785, JSON Canonicalization Scheme; RFC 7493, The I-JSON Message Format.
"""

import re
from itertools import chain
from typing import Any

import orjson

from ledger.errors import CanonicalError

__all__ = ["LARGEST", "LONGEST", "decode", "encode"]

LARGEST = 2**53 - 1
"""The largest integer that every reader of JSON reads exactly."""
LONGEST = 2**24
"""The most bytes that are read as one value."""

_SUSPECT = re.compile(rb"[:,\[]-?(?:\d{16,}|\d+[.eE])")
_DEEPEST = 32
_FLAT, _LISTS = {str, int, bool, type(None)}, {list, tuple}
_KNOWN = _FLAT | _LISTS | {dict}


def encode(value: Any) -> bytes:
    """Return the canonical bytes of a value.

    Parameters
    ----------
    value
        Of objects (dict with ASCII str keys), lists or tuples, str, bool, None, and int within 2^53 - 1 either way.

    Raises
    ------
    CanonicalError
        If the value holds anything else.

    Examples
    --------
    >>> encode({"b": 1, "a": "应收款"}).decode()
    '{"a":"应收款","b":1}'
    >>> encode({"a": 0.5})
    Traceback (most recent call last):
    ledger.errors.refusals.CanonicalError: value of "a" is the float 0.5: only whole numbers, ...
    """
    if not _plain(value):
        _check(value, "value", 0)
    try:
        return _write(value)
    except CanonicalError:
        _check(value, "value", 0)
        raise


def decode(data: bytes) -> Any:
    r"""Return the value whose canonical bytes these are.

    Raises
    ------
    CanonicalError
        If they are not the canonical bytes of any value.

    Examples
    --------
    >>> decode(b'{"a":[1,2]}')
    {'a': [1, 2]}
    >>> decode(b'{"a":1,"a":1}')
    Traceback (most recent call last):
    ledger.errors.refusals.CanonicalError: the bytes are not canonical JSON: ... differ from byte 6 on
    """
    if not isinstance(data, bytes):
        raise CanonicalError(f"canonical JSON is read from bytes, not from {type(data).__name__}")
    if len(data) > LONGEST:
        raise CanonicalError(f"{len(data):,} bytes are given, at most {LONGEST:,} are read as one value")
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise CanonicalError(f"the bytes are not JSON: {error}") from None
    nesting = data.count(b"{") + data.count(b"[")
    if not 0 < nesting <= _DEEPEST or not data.isascii() or _SUSPECT.search(data):
        _check(value, "value", 0)
    again = _write(value)
    if again != data:
        raise CanonicalError(
            f"the bytes are not canonical JSON: read and written again they differ from byte {_parting(data, again)} on"
        )
    return value


def _write(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER)
    except (orjson.JSONEncodeError, RecursionError) as error:
        raise CanonicalError(f"the value cannot be written as canonical JSON: {error}") from None


def _plain(value: Any) -> bool:
    """Whether `_check` would find nothing but numbers out of range, which are refused when they are written.

    Twenty times as fast: all values of one depth are looked at together, and no place is put into words.
    """
    level = [value]
    for _ in range(_DEEPEST):
        kinds = set(map(type, level))
        if kinds <= _FLAT:
            return True
        if not kinds <= _KNOWN:
            return False
        objects = level if kinds == {dict} else [one for one in level if type(one) is dict]
        names = list(chain.from_iterable(objects))
        if not set(map(type, names)) <= {str} or not "".join(names).isascii():
            return False
        lists = [one for one in level if type(one) in _LISTS] if kinds & _LISTS else []
        level = [*chain.from_iterable(map(dict.values, objects)), *chain.from_iterable(lists)]
    return set(map(type, level)) <= _FLAT


def _check(value: Any, place: str, depth: int) -> None:
    """Refuse what JSON readers disagree on; `type` is compared exactly, because a bool is an int and enums are both."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return
    if kind is int:
        if not -LARGEST <= value <= LARGEST:
            raise CanonicalError(f"{place} is {value}: integers are signed up to {LARGEST} either way")
    elif depth >= _DEEPEST:
        raise CanonicalError(f"{place} is nested deeper than {_DEEPEST} levels")
    elif kind is dict:
        for key, inner in value.items():
            if type(key) is not str or not key.isascii():
                raise CanonicalError(f"{place} has the key {key!r:.80}: keys are ASCII text")
            _check(inner, f'{place} of "{key}"', depth + 1)
    elif kind is list or kind is tuple:
        for position, inner in enumerate(value):
            _check(inner, f"{place} at {position}", depth + 1)
    else:
        raise CanonicalError(
            f"{place} is the {kind.__name__} {value!r:.80}: only whole numbers, text, lists and objects are signed"
        )


def _parting(data: bytes, again: bytes) -> int:
    pairs = zip(data, again, strict=False)
    return next((place for place, (one, two) in enumerate(pairs) if one != two), min(len(data), len(again)))
