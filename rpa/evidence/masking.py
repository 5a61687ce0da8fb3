"""Masking: whatever goes to a log passes through here, and no secret comes out.

Two sieves, one after the other: the secrets that are known (passwords, keys), in every encoding and even if they are
spread over several fields; and what looks or is labelled like a secret. Both err on the side of masking, but leave the
last four digits of a number, by which people find an account. What is not text, such as a picture of a page, they
cannot see: see `rpa.evidence.page_masking`.
"""

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rpa.evidence.known_secrets import secrets_pattern
from rpa.evidence.private_data import (
    MASK,
    is_hash,
    is_partial_name,
    is_plain_name,
    is_secret_name,
    last_four,
    masked_text,
)

__all__ = ["Masking", "MaskingFormatter"]

_DEEPEST = 40


@dataclass
class _Leaf:
    """A text or a number within a record; whether it was masked decides what it becomes."""

    value: Any
    text: str
    is_masked: bool = False

    def written(self) -> Any:
        return self.text if self.is_masked or isinstance(self.value, str) else self.value


class Masking:
    """A mask for texts and records.

    Parameters
    ----------
    secrets
        Those that are known: passwords, keys. Each has four characters or more.

    Raises
    ------
    SecretError
        If one is shorter.

    Examples
    --------
    >>> masking = Masking(["hunter22"])
    >>> masking.text("GET /?u=clerk&p=hunter%322")
    'GET /?u=clerk&p=***'
    >>> masking.record({"typed": ["hunt", "er22"], "account_number": "3018210000000105"})
    {'typed': ['***', '***'], 'account_number': '************0105'}
    """

    def __init__(self, secrets: Iterable[str | bytes] = ()) -> None:
        self._known = secrets_pattern(secrets)

    def __repr__(self) -> str:
        """Return marks."""
        return f"Masking({MASK})"

    def text(self, text: str) -> str:
        """Return a text without secrets."""
        return self._without_known(masked_text(self._without_known(text)))

    def error(self, error: BaseException) -> str:
        """Return an exception's class and message without secrets, and those of what caused it."""
        said: list[str] = []
        seen: set[int] = set()
        current: BaseException | None = error
        while current is not None and id(current) not in seen and len(said) < _DEEPEST:
            seen.add(id(current))
            said.append(f"{type(current).__name__}: {current}".strip().removesuffix(":"))
            current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
        return self.text("; because of ".join(said))

    def record(self, value: Any) -> Any:
        """Return a record of texts, numbers, lists and objects without secrets, ready for JSON.

        What is none of these is written as its text. Keys are masked as texts are.
        """
        tree = self._tree(value, "", 0)
        if self._known is not None:
            # spread over fields: in the order in which they came, and in the order of their names, as logs write them
            for is_sorted in (False, True):
                _mask_spread(list(_leaves(tree, is_sorted)), self._known)
        return _written(tree)

    def _without_known(self, text: str) -> str:
        if self._known is None:
            return text
        # a mask is shorter than any secret, so this ends
        while (masked := self._known.sub(MASK, text)) != text:
            text = masked
        return text

    def _tree(self, value: Any, name: str, depth: int) -> Any:
        if depth > _DEEPEST:
            return _Leaf(MASK, MASK, True)
        if name and is_secret_name(name) and value is not None and value != "" and not isinstance(value, bool):
            return _Leaf(MASK, MASK, True)
        if isinstance(value, Mapping):
            told = next((value[key] for key in ("name", "label", "field") if isinstance(value.get(key), str)), "")
            tree: dict[str, Any] = {}
            for key, part in value.items():
                shown = self.text(str(key))
                while shown in tree:
                    shown += "'"
                tree[shown] = self._tree(part, told if key == "value" and told else str(key), depth + 1)
            return tree
        if isinstance(value, Sequence | set | frozenset) and not isinstance(value, str | bytes | bytearray):
            parts = sorted(value, key=str) if isinstance(value, set | frozenset) else list(value)
            labels = [name, parts[0] if _is_labelled(parts) else name]
            return [self._tree(part, labels[min(place, 1)], depth + 1) for place, part in enumerate(parts)]
        return self._leaf(value, name)

    def _leaf(self, value: Any, name: str) -> _Leaf | None:
        if value is None:
            return None
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if isinstance(value, BaseException):
            text = self.error(value)
        elif isinstance(value, bytes | bytearray):
            text = f"{len(value)} bytes"
        else:
            text = str(value)
        if isinstance(value, bool) or (isinstance(value, float) and value == value and abs(value) != float("inf")):
            masked = self._without_known(text)
        elif is_partial_name(name) and not is_hash(text):
            masked = self._without_known(_partial(masked_text(self._without_known(text), numbers=False)))
        else:
            masked = self._without_known(masked_text(self._without_known(text), numbers=not is_plain_name(name)))
        clean = masked.encode("utf-8", "replace").decode()
        if is_number or isinstance(value, bool):
            is_lost = value != value or value in (float("inf"), float("-inf"))
            return _Leaf(value, clean, clean != text or is_lost)
        return _Leaf(clean, clean)


class MaskingFormatter(logging.Formatter):
    """A formatter of Python's logging whose lines pass through a mask, tracebacks included.

    Parameters
    ----------
    masking
        The mask.
    form
        As `logging.Formatter` takes it.

    Examples
    --------
    >>> line = logging.LogRecord("rpa", 20, "", 0, "logged in with %s", ("hunter22",), None)
    >>> MaskingFormatter(Masking(["hunter22"])).format(line)
    'logged in with ***'
    """

    def __init__(self, masking: Masking, form: str | None = None) -> None:
        super().__init__(form)
        self._masking = masking

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        return self._masking.text(super().format(record))


def _partial(text: str) -> str:
    """Mask all digits but the last four, whatever stands between them."""
    digits = [place for place, letter in enumerate(text) if letter.isdigit()]
    if len(digits) < 5:
        return last_four(text) if text and digits else text
    hidden = set(digits[:-4])
    return "".join("*" if place in hidden else letter for place, letter in enumerate(text))


def _is_labelled(parts: list[Any]) -> bool:
    """Return whether a list of two is a label and its value."""
    is_pair = len(parts) == 2 and isinstance(parts[0], str)
    return is_pair and (is_secret_name(parts[0]) or is_partial_name(parts[0]))


def _leaves(tree: Any, is_sorted: bool) -> Iterable[_Leaf]:
    if isinstance(tree, _Leaf):
        yield tree
    elif isinstance(tree, dict):
        for key in sorted(tree) if is_sorted else tree:
            yield from _leaves(tree[key], is_sorted)
    elif isinstance(tree, list):
        for part in tree:
            yield from _leaves(part, is_sorted)


def _mask_spread(leaves: list[_Leaf], known: re.Pattern[str]) -> None:
    while found := known.search("".join(leaf.text for leaf in leaves)):
        start = 0
        for leaf in leaves:
            end = start + len(leaf.text)
            first, last = max(found.start(), start) - start, min(found.end(), end) - start
            if first < last:
                # a part is not replaced by anything longer: the whole gets shorter, or becomes marks
                leaf.text, leaf.is_masked = leaf.text[:first] + MASK + leaf.text[last:], True
            start = end


def _written(tree: Any) -> Any:
    if isinstance(tree, _Leaf):
        return tree.written()
    if isinstance(tree, dict):
        return {key: _written(part) for key, part in tree.items()}
    return [_written(part) for part in tree] if isinstance(tree, list) else tree
