"""The registry of firms (工商登记): completes what a list does not say, and contradicts what it says wrongly.

What is missing is taken over; what is there must agree. Two sources that disagree are not for a machine to judge: the
account goes to a person, who sees both values.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from rpa.errors import BadFilingError
from rpa.filing import LABELS, Filing, from_record

__all__ = ["Completed", "Registry", "complete"]

_COMPLETED = ("depositor_name", "legal_representative", "address", "business_scope", "industry")
_COMPARED = ("depositor_name", "legal_representative")
"""What must agree. An address, a scope or a capital may be newer at the bank than in the extract."""
_NAMES = {"depositor_name": "name"}
"""Fields that are called otherwise in the extract."""


class Completed(NamedTuple):
    """A filing with what the registry added: the names of those fields."""

    filing: Filing
    added: tuple[str, ...]


class Registry:
    """An extract of the registry, by credit code.

    Parameters
    ----------
    rows
        With `certificate_number`, `name`, `legal_representative`, `address`, `business_scope`, `industry`.

    Examples
    --------
    >>> row = {"certificate_number": "91620100126154355R", "name": "兰州河西通建材有限公司"}
    >>> Registry([row]).find("91620100126154355R")["name"]
    '兰州河西通建材有限公司'
    """

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._rows = {str(row["certificate_number"]): row for row in rows}

    def find(self, certificate_number: str) -> Mapping[str, Any] | None:
        """Return what is known of a firm, None if nothing is."""
        return self._rows.get(certificate_number)


def complete(record: Mapping[str, Any], registry: Registry) -> Completed:
    """Return the filing of a record, with what it lacks from the registry.

    Parameters
    ----------
    record
        As it stands in the list; a text that is missing is empty.

    Raises
    ------
    BadFilingError
        If the record is none, the registry does not know the firm, or the two contradict each other; `problems` names
        the fields.
    """
    filing = from_record(dict(record))
    known = registry.find(filing.certificate_number)
    if known is None:
        raise BadFilingError(
            f"the registry knows no firm {filing.certificate_number}: the code is wrong, or the firm is not registered",
            ("certificate_number",),
        )
    wrong = [name for name in _COMPARED if _differs(getattr(filing, name), known.get(_NAMES.get(name, name), ""))]
    if wrong:
        said = "; ".join(
            f"{LABELS[name]} ({name}) is {getattr(filing, name)!r} on the list,"
            f" {known[_NAMES.get(name, name)]!r} in the registry"
            for name in wrong
        )
        raise BadFilingError(f"list and registry contradict each other: {said}", tuple(wrong))
    added = tuple(name for name in _COMPLETED if not getattr(filing, name) and known.get(_NAMES.get(name, name)))
    whole = {**record, **{name: known[_NAMES.get(name, name)] for name in added}}
    return Completed(from_record(whole), added)


def _differs(said: str, known: str) -> bool:
    """Return whether two texts that are both there are different; width of characters and blanks do not count."""
    return bool(said) and bool(known) and _plain(said) != _plain(known)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
