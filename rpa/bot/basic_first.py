"""The firm's basic account first: a general account needs its number (基本存款账户编号), which filing it gives.

A firm often opens both on one day. If the list does not know the number of the basic account, because there is none
yet, the general one waits for it; if a person has the basic account, that person gets the general one too.
"""

from collections.abc import Sequence

from rpa.errors import BadFilingError
from rpa.queue import FOR_A_PERSON, Item

__all__ = ["FIELD", "is_awaited", "lacks_number", "number_from"]

FIELD = "basic_account_number"


def lacks_number(item: Item) -> bool:
    """Return whether the item is a general account and the list does not say the number of the basic one."""
    return item.record.get("account_type") == "general" and not item.record.get(FIELD)


def number_from(item: Item, others: Sequence[Item]) -> tuple[str, str]:
    """Return the number of the firm's basic account and in which filing it was learnt; empty if in none.

    Parameters
    ----------
    item
        The account that may need it.
    others
        All accounts of the queue.
    """
    for other in _basic_ones(item, others):
        if number := str(other.facts.get(FIELD, "")):
            return number, other.filing_id
    return "", ""


def is_awaited(item: Item, others: Sequence[Item]) -> bool:
    """Return whether the firm's basic account is on its way to a number that the item needs.

    Raises
    ------
    BadFilingError
        If it is on no way, because a person has it.
    """
    ahead = _basic_ones(item, others)
    if not ahead or any(FIELD in other.facts for other in ahead):
        return False
    if all(other.state in FOR_A_PERSON for other in ahead):
        first = ahead[0]
        raise BadFilingError(
            f"基本存款账户编号 (basic_account_number) is empty: the basic account {first.filing_id} must be filed"
            f" first, it is {first.state}: {first.reason}",
            (FIELD,),
        )
    return True


def _basic_ones(item: Item, others: Sequence[Item]) -> list[Item]:
    """Return the basic accounts of the same firm, if the item is a general one that lacks their number."""
    if not lacks_number(item):
        return []
    firm = item.record.get("certificate_number")
    return [
        other
        for other in others
        if other.record.get("account_type") == "basic" and other.record.get("certificate_number") == firm
    ]
