"""Where the entries of a TOML file stand, so that a refusal can name the line and column that a person must change.

TOML's reader tells values, not places. This walks a text that the reader has accepted, and notes where each key and
value begins: `("rule", 2, "hits", 0, "hour")` is the field hour in the first example of the third `[[rule]]`. What it
does not follow (keys set from elsewhere by dots) simply has no place.
"""

import re
from typing import Final, TypeAlias

from fraud.rules.syntax import Place

__all__ = ["Path", "Places", "places_of"]

Path: TypeAlias = tuple[str | int, ...]

_BLANK: Final = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_KEY: Final = re.compile(r"""[ \t]*(?:"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'|([A-Za-z0-9_-]+))[ \t]*""")
_SCALAR: Final = re.compile(r"[^,\]}\n#]*")
_TEXT: Final = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")|' + r"'''.*?'{3,5}(?!')|" + r'"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'", re.DOTALL
)


class Places:
    """Places of the entries of one text.

    Attributes
    ----------
    keys, values
        Where the key, and the value, of an entry begin in the text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.keys: dict[Path, int] = {}
        self.values: dict[Path, int] = {}

    def of(self, path: Path) -> Place | None:
        """Return the place of an entry, or of the nearest entry that holds it; None if none is known."""
        for length in range(len(path), 0, -1):
            if (found := self.keys.get(path[:length], self.values.get(path[:length]))) is not None:
                return self._at(found)
        return None

    def inside(self, path: Path, place: Place) -> Place | None:
        r"""Return where a place within a text value stands in the file; None if the value's place is not known.

        Examples
        --------
        >>> places = places_of('a = 1' + chr(10) + 'when = "x == \\"b\\" or z"')
        >>> places.inside(("when",), Place(1, 13))
        Place(line=2, column=23)
        """
        begin = self.values.get(path)
        if begin is None or self.text[begin] not in "\"'":
            return None
        quote = self.text[begin]
        is_long = self.text.startswith(quote * 3, begin)
        here = begin + (3 if is_long else 1)
        here += is_long and self.text[here] == "\n"
        line, column = 1, 1
        while (line, column) < place:
            here, is_new_line = self._next(here, quote)
            line, column = (line + 1, 1) if is_new_line else (line, column + 1)
        return self._at(here)

    def _next(self, here: int, quote: str) -> tuple[int, bool]:
        """Step over one character of a text as its reader sees it; say whether it begins a new line."""
        if quote == "'" or self.text[here] != "\\":
            return here + 1, self.text[here] == "\n"
        escaped = self.text[here + 1]
        if escaped in " \t\n":  # a line that is continued: nothing is read until the next word
            rest = re.compile(r"\\[ \t\n]+").match(self.text, here)
            return self._next(rest.end() if rest else here + 1, quote)
        return here + {"u": 6, "U": 10}.get(escaped, 2), escaped == "n"

    def _at(self, offset: int) -> Place:
        return Place(self.text.count("\n", 0, offset) + 1, offset - self.text.rfind("\n", 0, offset))


def places_of(text: str) -> Places:
    """Walk a text of TOML.

    Parameters
    ----------
    text
        What TOML's reader has accepted, with plain line ends.

    Examples
    --------
    >>> places = places_of("[[rule]]" + chr(10) + "hits = [{ hour = 3 }, { hour = 9 }]")
    >>> places.of(("rule", 0, "hits", 1, "hour")), places.of(("rule", 0, "owner")), places.of(("lists",))
    (Place(line=2, column=25), Place(line=1, column=1), None)
    """
    places = Places(text)
    counts: dict[Path, int] = {}
    here = _blank(text, 0)
    table: Path = ()
    while here < len(text):
        if text[here] == "[":
            here, table = _header(text, here, counts, places)
        else:
            here = _entry(text, here, table, places)
        here = _blank(text, here)
    return places


def _blank(text: str, here: int) -> int:
    found = _BLANK.match(text, here)
    return found.end() if found else here


def _keys(text: str, here: int) -> tuple[tuple[str, ...], int]:
    """Read a key, which may have parts joined by dots."""
    parts: list[str] = []
    while (found := _KEY.match(text, here)) is not None:
        parts.append(next(part for part in found.groups() if part is not None))
        here = found.end()
        if not text.startswith(".", here):
            break
        here += 1
    return tuple(parts), here


def _header(text: str, here: int, counts: dict[Path, int], places: Places) -> tuple[int, Path]:
    is_array = text.startswith("[[", here)
    begin = here
    parts, here = _keys(text, here + 1 + is_array)
    path: Path = ()
    for part in parts[:-1]:
        path = (*path, part)
        path = (*path, counts[path]) if path in counts else path
    path = (*path, *parts[-1:])
    if is_array:
        counts[path] = counts.get(path, -1) + 1
        path = (*path, counts[path])
    places.keys[path] = begin
    return here + 1 + is_array, path


def _entry(text: str, here: int, table: Path, places: Places) -> int:
    begin = here
    parts, here = _keys(text, here)
    if not parts or not text.startswith("=", here):
        return len(text)  # not understood: what follows has no places
    path = (*table, *parts)
    places.keys[path] = begin + len(text[begin:here]) - len(text[begin:here].lstrip())
    return _value(text, here + 1, path, places)


def _value(text: str, here: int, path: Path, places: Places) -> int:
    while text.startswith((" ", "\t"), here):
        here += 1
    places.values[path] = here
    if text.startswith(("[", "{"), here):
        return _several(text, here, path, places)
    if (found := _TEXT.match(text, here)) is not None:
        return found.end()
    found = _SCALAR.match(text, here)
    return found.end() if found else len(text)


def _several(text: str, here: int, path: Path, places: Places) -> int:
    is_list, close, number = text[here] == "[", {"[": "]", "{": "}"}[text[here]], 0
    here = _blank(text, here + 1)
    while here < len(text) and text[here] != close:
        here = _value(text, here, (*path, number), places) if is_list else _entry(text, here, path, places)
        number += 1
        here = _blank(text, here)
        if text.startswith(",", here):
            here = _blank(text, here + 1)
    return here + 1
