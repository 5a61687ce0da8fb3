"""Fields: what the arguments of an action must hold, and the sentence that says so when they do not.

A `Schema` names the fields that an action takes and the `Kind` of each. Nothing that is not asked for is accepted, so
that nobody signs a word that no contract reads.

Most kinds also have a `form`, a regular expression of canonical bytes, from which `ledger.forms` makes one pattern for
a whole transaction. All that a form matches is right; what it does not match is looked at field by field.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.canonical import LARGEST
from ledger.errors import BadFieldError

__all__ = [
    "AMOUNT",
    "COUNT",
    "DER",
    "DIGEST",
    "FLAG",
    "IDENTIFIER",
    "MEMBER",
    "MOMENT",
    "TEXT",
    "Kind",
    "Schema",
    "listing",
    "matching",
    "one_of",
    "shown",
    "whole_number",
]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a field may hold.

    Parameters
    ----------
    wish
        Completes "... must be": what would be right.
    holds
        Whether a value is right; it gets whatever JSON can hold.
    form
        Regular expression of canonical bytes whose value is right, if not of all of them; empty if there is none.
    """

    wish: str
    holds: Callable[[Any], bool]
    form: str = ""


_PLAIN = re.compile(r"(?:\[(?:A-Z|a-z|a-f|0-9|[._:-])+\]|\{[0-9]+(?:,[0-9]+)?\}|\(\?:|\)|[A-Za-z0-9])+")
"""Patterns all of whose texts are written as they are: letters, digits and points, none that JSON escapes."""
_WORD = re.compile(r"[A-Za-z0-9_-]+")


def matching(wish: str, pattern: str) -> Kind:
    """Return the kind of a text field that matches a regular expression as a whole.

    Examples
    --------
    >>> matching("two digits", "[0-9]{2}").holds("7")
    False
    """
    whole = re.compile(pattern).fullmatch
    form = f'"(?:{pattern})"' if _PLAIN.fullmatch(pattern) else ""
    return Kind(wish, lambda value: type(value) is str and whole(value) is not None, form)


def whole_number(least: int, most: int, of: str = "") -> Kind:
    """Return the kind of a field that holds a whole number within bounds, both included.

    Examples
    --------
    >>> whole_number(1, 100, "basis points").wish
    'a whole number of basis points from 1 to 100'
    """
    unit = f" of {of}" if of else ""
    shorter = len(str(most)) - 1  # of so many digits, each number that does not begin with 0 is within bounds
    form = f"[1-9][0-9]{{0,{shorter - 1}}}" if shorter > 0 and least in (0, 1) else ""
    return Kind(
        f"a whole number{unit} from {least} to {most}",
        lambda value: type(value) is int and least <= value <= most,
        f"(?:0|{form})" if form and least == 0 else form,
    )


def one_of(*values: str) -> Kind:
    """Return the kind of a field that holds one of these words.

    Examples
    --------
    >>> one_of("lowest_rate", "highest_price").holds("cheapest")
    False
    """
    form = f'"(?:{"|".join(values)})"' if all(map(_WORD.fullmatch, values)) else ""
    return Kind("one of " + ", ".join(values), lambda value: type(value) is str and value in values, form)


def listing(kind: Kind, most: int, least: int = 1) -> Kind:
    """Return the kind of a field that holds a list of things of one kind.

    Examples
    --------
    >>> listing(whole_number(1, 9), 2).holds([5, 0])
    False
    """
    return Kind(
        f"a list of {least} to {most}, each {kind.wish}",
        lambda value: type(value) is list and least <= len(value) <= most and all(map(kind.holds, value)),
        rf"\[{kind.form}(?:,{kind.form}){{{max(least, 1) - 1},{most - 1}}}\]" if kind.form else "",
    )


AMOUNT = whole_number(1, LARGEST, "fen")
COUNT = whole_number(0, LARGEST)
DER = matching("DER bytes in lower-case hexadecimal, up to 16 KiB", r"(?:[0-9a-f]{2}){1,16384}")
DIGEST = matching("64 lower-case hexadecimal digits", r"[0-9a-f]{64}")
FLAG = Kind("true or false", lambda value: type(value) is bool, "(?:true|false)")
IDENTIFIER = matching("1 to 64 of the characters A-Z a-z 0-9 . _ : -", r"[A-Za-z0-9._:-]{1,64}")
MOMENT = whole_number(0, 253_402_271_999, "seconds since 1970 (UTC)")
"""Up to the end of the year 9999 in China, the last day that calendars can name."""
MEMBER = matching("the name of a member, 1 to 64 of the characters A-Z a-z 0-9 . _ -", r"[A-Za-z0-9._-]{1,64}")
TEXT = Kind(
    "1 to 500 characters of text",
    lambda value: type(value) is str and 1 <= len(value) <= 500,
    r'"[ !#-\[\]-~]{1,500}"',  # ASCII that is written as it is
)


@dataclass(frozen=True, slots=True)
class Schema:
    """The fields of an object.

    Parameters
    ----------
    required, optional
        Kind of each field.

    Examples
    --------
    >>> Schema({"amount": AMOUNT}).check({"amount": 0}, "arguments")
    Traceback (most recent call last):
    ledger.errors.refusals.BadFieldError: arguments.amount is 0, it must be a whole number of fen ...
    """

    required: Mapping[str, Kind] = field(default_factory=dict)
    optional: Mapping[str, Kind] = field(default_factory=dict)

    @property
    def form(self) -> str:
        """The form of the object, see `Kind`; empty if one of its fields has none, or may be left out."""
        if self.optional or not all(kind.form for kind in self.required.values()):
            return ""
        return r"\{" + ",".join(f'"{name}":{self.required[name].form}' for name in sorted(self.required)) + r"\}"

    def check(self, value: Any, place: str) -> None:
        """Refuse a value that is not an object with these fields.

        Raises
        ------
        BadFieldError
            If it is not an object, a field is missing, one is not known, or one holds what it may not.
        """
        if type(value) is not dict:
            raise BadFieldError(f"{place} is {shown(value)}, it must be an object")
        for name, kind in self.required.items():
            if name not in value:
                raise BadFieldError(f"{place}.{name} is missing, it must be {kind.wish}")
            if not kind.holds(value[name]):
                raise BadFieldError(f"{place}.{name} is {shown(value[name])}, it must be {kind.wish}")
        if len(value) != len(self.required):
            self._check_optional(value, place)

    def _check_optional(self, value: dict[str, Any], place: str) -> None:
        for name, inner in value.items():
            if name in self.required:
                continue
            kind = self.optional.get(name)
            if kind is None:
                known = ", ".join([*self.required, *self.optional]) or "none"
                raise BadFieldError(f"{place}.{ascii(name)[1:-1][:64]} is not a field of it; its fields are: {known}")
            if not kind.holds(inner):
                raise BadFieldError(f"{place}.{name} is {shown(inner)}, it must be {kind.wish}")


def shown(value: Any) -> str:
    """Return a value as it is quoted in a message: short, whatever a stranger sent.

    Examples
    --------
    >>> shown("a" * 1000)[-5:]
    "aa'.."
    """
    text = repr(value)
    return text if len(text) <= 80 else text[:75] + text[-1] + ".."
