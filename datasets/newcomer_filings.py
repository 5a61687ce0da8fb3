"""The newcomers' account openings: what stands on the list for the central bank, and what the registry knows.

Columns and rules are those of `datasets.filings`. Three of the ring's nine shells are opened on papers that name
somebody else as legal representative (法定代表人) than the registry of firms. So are some honest firms, whose
representative has just changed, or whose clerk has mistyped a name; one family in seven has changed hands, and the
registry lags for several of its firms. Other openings lack something that the registry completes. What is wrong is told
by `truth` alone.
"""

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from datasets import newcomers, people, places, towns
from datasets.account_openings import FLAWS, SCOPES, SECTIONS, branch
from datasets.newcomers import Newcomer
from datasets.ring_roles import roles
from datasets.seeds import generator
from datasets.world import FIRST_DAY

__all__ = ["of_towns", "registry", "truth"]

_TEXT = (
    *("filing_id", "entity", "account_type", "depositor_category", "depositor_name", "certificate_number"),
    *("account_number", "area_code", "bank_code", "bank_name", "phone", "address", "post_code", "legal_representative"),
    *("industry", "capital_currency", "business_scope", "superior_unit", "basic_account_number"),
)
_REGISTRY = ("certificate_number", "name", "legal_representative", "address", "business_scope", "industry")
_FIRST_NAME = 1_000
"""Number of the first opening of newcomers in their town; the town's own have smaller ones."""


@lru_cache(maxsize=128)
def _drawn(seed: int, town: int) -> tuple[tuple[Newcomer, dict[str, Any], dict[str, Any], str], ...]:
    """Return each newcomer of a town with its row on the list, its row in the registry, and what is wrong."""
    rng, table = generator(seed, "newcomer filings", town), newcomers.of_towns(seed, range(town, town + 1))
    here = people.called(seed, town * towns.PEOPLE, towns.PEOPLE)
    city, found = places.HOME[int(places.of_towns(town + 1)[town])][1], []
    for place, one in enumerate(newcomers.newcomers(seed, town)):
        facts = {
            "certificate_number": str(table["credit_code"].iloc[place]),
            "name": str(table["name"].iloc[place]),
            "legal_representative": _name(seed, one.representative),
            "address": f"{city}市新城路{int(one.address[5:]) % 211 + 1}号",
            "business_scope": SCOPES[one.industry],
            "industry": SECTIONS[one.industry],
            "capital_fen": one.capital_fen,
        }
        flaw = _flaw(rng, seed, one)
        row = _row(seed, town, place, one, facts, int(rng.integers(9 * 3_600, 17 * 3_600)))
        found.append((one, row | _changed(flaw, facts, here, int(rng.integers(0, towns.PEOPLE))), facts, flaw))
    return tuple(found)


def _name(seed: int, person: str) -> str:
    return str(people.called(seed, int(person[1:5]) * towns.PEOPLE + int(person[5:]), 1)[0])


def _flaw(rng: np.random.Generator, seed: int, one: Newcomer) -> str:
    draw = int(rng.integers(0, 100))
    if one.kind == "ring":
        return "other_representative" if roles(seed)[one.place_in_group].contradicts else ""
    changed_hands = one.kind == "family" and generator(seed, "newcomer filings", one.group).integers(0, 7) == 0
    if changed_hands and draw < 40:
        return "other_representative"
    ranked = (*["other_representative"] * 5, *["other_name"] * 3, *["missing_scope"] * 3, *["missing_address"] * 3)
    return ranked[draw] if draw < len(ranked) else ""


def _row(seed: int, town: int, place: int, one: Newcomer, facts: dict[str, Any], second: int) -> dict[str, Any]:
    bank = int(generator(seed, "newcomer filings", "bank", town, place).integers(0, 6))
    where = branch(bank, town)
    day = np.busday_offset(np.datetime64(FIRST_DAY, "D") + one.opened, 0, roll="forward")
    return {
        "filing_id": f"L{town:04d}{_FIRST_NAME + place:04d}",
        "entity": where.entity,
        "account_type": "basic",
        "depositor_category": "01",
        "depositor_name": facts["name"],
        "certificate_number": facts["certificate_number"],
        "opened_at": day.astype("datetime64[s]") + np.timedelta64(second, "s"),
        "account_number": f"{where.code[:6]}{town:04d}{_FIRST_NAME + place:04d}{bank:02d}",
        "area_code": where.area,
        "bank_code": where.code,
        "bank_name": where.name,
        "phone": f"09{31 + town % 9}-7{int(one.phone[1:]) % 1_000_000:06d}",
        "address": facts["address"],
        "post_code": f"7{30_000 + town % 900 * 10:05d}",
        "legal_representative": facts["legal_representative"],
        "industry": facts["industry"],
        "capital_fen": facts["capital_fen"],
        "capital_currency": "CNY",
        "business_scope": facts["business_scope"],
        "superior_unit": "",
        "basic_account_number": "",
    }


def _changed(flaw: str, facts: dict[str, Any], here: Any, somebody: int) -> dict[str, Any]:
    if flaw == "other_representative":
        others = np.roll(here, -somebody)
        return {"legal_representative": next(str(name) for name in others if name != facts["legal_representative"])}
    if flaw == "other_name":
        return {"depositor_name": facts["name"].replace("有限公司", "有限责任公司")}
    if flaw == "missing_scope":
        return {"business_scope": ""}
    return {"address": ""} if flaw == "missing_address" else {}


def of_towns(seed: int, some: range) -> pd.DataFrame:
    """Return the openings of some towns' newcomers, in the columns of `datasets.filings`, and `firm_id`.

    Examples
    --------
    >>> frame = of_towns(7, range(2))
    >>> frame["account_type"].unique().tolist(), bool(frame["account_number"].is_unique)
    (['basic'], True)
    """
    rows = [(one, row) for town in some for one, row, _, _ in _drawn(seed, town)]
    return pd.DataFrame(
        {
            "firm_id": pd.Series([one.firm_id for one, _ in rows], dtype="str"),
            **{name: pd.Series([row[name] for _, row in rows], dtype="str") for name in _TEXT},
            "opened_at": np.array([row["opened_at"] for _, row in rows], "datetime64[s]"),
            "capital_fen": pd.array([row["capital_fen"] for _, row in rows], dtype="Int64"),
        }
    )


def registry(seed: int, some: range) -> pd.DataFrame:
    """Return the registry's extract of some towns' newcomers.

    Examples
    --------
    >>> list(registry(7, range(1)).columns)[:3]
    ['certificate_number', 'name', 'legal_representative']
    """
    rows = [facts for town in some for _, _, facts, _ in _drawn(seed, town)]
    return pd.DataFrame(
        {
            **{name: pd.Series([row[name] for row in rows], dtype="str") for name in _REGISTRY},
            "capital_fen": np.array([row["capital_fen"] for row in rows], np.int64),
        }
    )


def truth(seed: int, some: range) -> pd.DataFrame:
    """Return the truth about these openings: filing_id, kind, and how they should end.

    Examples
    --------
    >>> sorted(set(truth(7, range(3))["ends"]))
    ['filed', 'person']
    """
    rows = [
        (row["filing_id"], flaw, FLAWS.get(flaw, "filed")) for town in some for _, row, _, flaw in _drawn(seed, town)
    ]
    return pd.DataFrame(rows, columns=["filing_id", "kind", "ends"]).astype("str")
