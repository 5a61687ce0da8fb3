"""Text from somebody's file, made safe to show: no control codes, no halves of characters.

A customer id can hold an escape code that repaints a terminal, a mark that turns the direction of a line, or
half of a surrogate pair that no file can be written with. Each is replaced by U+FFFD, so that the reader sees
that something was there.
"""

import re
from typing import Any

__all__ = ["is_figure", "legible", "legible_all"]

# C0 and C1 controls but tab and line feed; marks that override direction; surrogates.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def legible(text: str) -> str:
    r"""Return the text with each character that must not be shown replaced by U+FFFD.

    Examples
    --------
    >>> legible("C17\x1b[2J 甘肃")
    'C17�[2J 甘肃'
    """
    return _UNSHOWABLE.sub("\ufffd", text)


def legible_all(value: Any) -> Any:
    r"""Return a value of JSON in which every text is legible, at any depth; keys are ours and stay.

    Examples
    --------
    >>> legible_all({"rows": [["a\x1b", 1]]})
    {'rows': [['a�', 1]]}
    """
    if isinstance(value, str):
        return legible(value)
    if isinstance(value, list | tuple):
        return [legible_all(item) for item in value]
    if isinstance(value, dict):
        return {key: legible_all(item) for key, item in value.items()}
    return value


def is_figure(text: str) -> bool:
    """Return whether a cell is a figure, to be set flush right; an empty cell and a dash count too.

    Examples
    --------
    >>> is_figure("1,904"), is_figure("-3.7 %"), is_figure("2026-01-01"), is_figure("")
    (True, True, False, True)
    """
    digits = text.strip().lstrip("+-−").rstrip("%‰ ").replace(",", "").replace(" ", "")
    return not digits or digits.replace(".", "", 1).isdigit()
