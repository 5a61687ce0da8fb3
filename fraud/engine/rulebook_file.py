"""A rulebook written as one TOML file, expanded: what an engine folder keeps, whatever files it came from.

Templates and includes are for those who write rules; who judges years later wants each rule as it was. What is written
is read again at once and must be the same rulebook.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from fraud.engine.setting import rulebook_name
from fraud.errors import EngineFolderError
from fraud.rules import Rulebook, parse, write

__all__ = ["rulebook_text"]

_FIELDS = ("id", "title", "title_zh", "action", "severity", "reason", "reason_zh", "tags", "owner")


def rulebook_text(rulebook: Rulebook) -> str:
    """Return the text of a TOML file from which `fraud.rules.parse` reads the same rules.

    Raises
    ------
    EngineFolderError
        If they would not be the same.

    Examples
    --------
    >>> from fraud.rules import first_rulebook
    >>> parse(rulebook_text(first_rulebook())).ids == first_rulebook().ids
    True
    """
    head = [f"{name} = {_value(getattr(rulebook, name))}" for name in ("id", "version", "title", "title_zh")]
    blocks = ["\n".join(head)]
    for rule in rulebook.rules:
        lines = ["[[rule]]", f"when = {_value(write(rule.condition))}"]
        lines += [f"{name} = {_value(getattr(rule, name))}" for name in _FIELDS]
        days = {name: getattr(rule, name) for name in ("valid_from", "valid_until")}
        lines += [f"{name} = {day.isoformat()}" for name, day in days.items() if day is not None]
        lines += [f"{name} = {_value(getattr(rule, name))}" for name in ("hits", "misses")]
        blocks.append("\n".join(lines))
    text = "\n\n".join(blocks) + "\n"
    if rulebook_name(parse(text)) != rulebook_name(rulebook):
        raise EngineFolderError(f"the rulebook {rulebook.id} cannot be written so that it reads the same again")
    return text


def _value(value: Any) -> str:
    """Return a value as TOML: texts are written as in JSON, whose escapes are among those of TOML."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_value(entry)}" for name, entry in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, date):  # of which a time is one
        return value.isoformat()
    if isinstance(value, float):
        return repr(value) if "." in repr(value) or "n" in repr(value) else f"{value:.1f}"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
