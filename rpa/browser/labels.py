"""Labels: what of them means something, and how alike two of them are.

Chinese labels are short, and their last word says what they are: 注册资金币种 (the currency) goes on after 注册资金
(the capital) and is another field, while 请填写联系电话 is the same as 联系电话. That decides more than the count of
letters.

References
----------
Ratcliff and Metzener (1988), Pattern Matching: The Gestalt Approach (the likeness of two texts).
"""

import re
import unicodedata
from difflib import SequenceMatcher

__all__ = ["likeness", "normal"]

_BRACKETS = re.compile(r"[(\[【].*?[)\]】]")
_GOES_ON = re.compile(r"[\u4e00-\u9fff]")


def likeness(one: str, other: str) -> float:
    """Return how alike two labels are, from 0 to 1.

    A shortened label (邮编 for 邮政编码) is at least 0.8. What stands in brackets counts little. A label that goes on
    where the other ends is another thing, for the last word says what it is: 注册资金币种 is no 注册资金.

    Examples
    --------
    >>> likeness("邮政编码", "邮编"), likeness("联系电话", "电话号码"), likeness("注册地址", "住所")
    (0.8, 0.5, 0.0)
    >>> likeness("法定代表人", "法定代表人（负责人）"), likeness("法定代表人", "法定代表人证件号码")
    (0.9, 0.0)
    """
    one, other = normal(one), normal(other)
    if not one or not other:
        return 0.0
    plain = _BRACKETS.sub("", one), _BRACKETS.sub("", other)
    if all(plain) and plain != (one, other):
        return max(0.9 * likeness(*plain), _ratio(one, other) if plain[0] == plain[1] else 0.0)
    short, long = sorted((one, other), key=len)
    if short != long and short in long and _GOES_ON.search(long.rpartition(short)[2]):
        return 0.0
    letters = iter(long)
    is_shortened = len(short) > 1 and short[0] == long[0] and all(letter in letters for letter in short)
    is_shortened = is_shortened and len(tuple(letters)) < 2  # the end of a label says what it is
    return max(_ratio(one, other), 0.8) if is_shortened else _ratio(one, other)


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def normal(label: str) -> str:
    """Return a label without what changes nothing: blanks, width, case, a colon or a star at its end.

    Examples
    --------
    >>> normal(" 联系 电话：*")
    '联系电话'
    """
    text = "".join(unicodedata.normalize("NFKC", label).split()).casefold()
    return text.strip(":*") if text.strip(":*") else text
