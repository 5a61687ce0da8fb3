"""Filings (账户备案): accounts that banks have opened for the province's firms and must file with the central bank.

Data card. `make` has one row for each opening, in the order of a town's openings: the fields of the central bank's
account-management system (人民币银行结算账户管理系统), when the account was opened, and which bank's it is. Missing
facts are empty; a capital that the licence does not state is missing and its currency empty. `registry` is the extract
of the registry of firms (工商登记) from which missing facts are completed; `existing` is what the central bank knows
before: the basic accounts of firms that only open a general one, with their numbers and states. What is wrong with an
opening, and how it should end, says `truth` alone: four in five are as they should be, and some of those look odd.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from datasets import firms, people, places, towns
from datasets.account_openings import FLAWS, SCOPES, SECTIONS, Opening, branch, openings
from datasets.seeds import generator
from datasets.ties import frames
from datasets.world import FIRST_DAY

__all__ = [
    "existing",
    "existing_of_towns",
    "make",
    "of_towns",
    "registry",
    "registry_of_towns",
    "truth",
    "truth_of_towns",
]

_STREETS = ("人民路", "解放路", "团结路", "和平路", "文化路", "建设路", "黄河路", "民主路")
_START = np.datetime64(FIRST_DAY, "D")
_TEXT = (
    *("filing_id", "entity", "account_type", "depositor_category", "depositor_name", "certificate_number"),
    *("account_number", "area_code", "bank_code", "bank_name", "phone", "address", "post_code", "legal_representative"),
    *("industry", "capital_currency", "business_scope", "superior_unit", "basic_account_number"),
)


def make(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return the first n filings, some towns at a time; see the data card above.

    Raises
    ------
    OutOfRangeError
        If n or the seed is negative, or n is more than the province holds.

    Examples
    --------
    >>> frame = next(make(40, seed=7))
    >>> sorted(frame["account_type"].unique()), int(frame["certificate_number"].str.len().min())
    (['basic', 'general'], 18)
    """
    return frames(n, seed, of_towns)


def registry(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return the registry's extract for the first n firms.

    Examples
    --------
    >>> next(registry(2, seed=7))["legal_representative"].str.len().between(2, 4).all()
    np.True_
    """
    return frames(n, seed, registry_of_towns)


def existing(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return the first n basic accounts that the central bank knows before.

    Examples
    --------
    >>> next(existing(3, seed=7))["state"].isin(["open", "cancelled", "dormant"]).all()
    np.True_
    """
    return frames(n, seed, existing_of_towns)


def truth(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return for the first n filings what is wrong or looks odd, and how they should end.

    Examples
    --------
    >>> sorted(next(truth(200, seed=7))["ends"].unique())
    ['filed', 'person', 'refused']
    """
    return frames(n, seed, truth_of_towns)


def of_towns(seed: int, some: range) -> pd.DataFrame:
    """Return the filings of some towns.

    Examples
    --------
    >>> len(of_towns(7, range(2))), of_towns(7, range(1))["entity"].nunique() > 1
    (80, True)
    """
    rows = [_row(seed, town, place, one) for town in some for place, one in enumerate(openings(seed, town))]
    return pd.DataFrame(
        {
            **{name: pd.Series([row[name] for row in rows], dtype="str") for name in _TEXT},
            "opened_at": np.array([row["opened_at"] for row in rows], "datetime64[s]"),
            "capital_fen": pd.array([row["capital_fen"] for row in rows], dtype="Int64"),
        }
    )


def registry_of_towns(seed: int, some: range) -> pd.DataFrame:
    """Return the registry's extract of some towns' firms.

    Examples
    --------
    >>> registry_of_towns(7, range(1))["certificate_number"].is_unique
    True
    """
    rows = [facts for town in some for facts in _facts(seed, town)]
    columns = ("certificate_number", "name", "legal_representative", "address", "business_scope", "industry")
    return pd.DataFrame(
        {
            **{name: pd.Series([row[name] for row in rows], dtype="str") for name in columns},
            "capital_fen": np.array([row["capital_fen"] for row in rows], np.int64),
        }
    )


def existing_of_towns(seed: int, some: range) -> pd.DataFrame:
    """Return the basic accounts of some towns that the central bank knows before.

    Examples
    --------
    >>> existing_of_towns(7, range(1))["basic_account_number"].str.len().unique().tolist()
    [14]
    """
    rows = []
    for town in some:
        facts = _facts(seed, town)
        for one in openings(seed, town):
            if one.account_type == "general" or one.flaw == "second_basic":
                state = one.flaw if one.flaw in ("cancelled", "dormant") else "open"
                rows.append((facts[one.firm]["certificate_number"], _basic_number(town, one.firm), state))
            elif one.flaw == "dormant":
                rows.append((facts[one.firm]["certificate_number"], _basic_number(town, one.firm), "dormant"))
    columns = ["certificate_number", "basic_account_number", "state"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns, "str"))


def truth_of_towns(seed: int, some: range) -> pd.DataFrame:
    """Return the truth about some towns' filings.

    Examples
    --------
    >>> len(truth_of_towns(7, range(1)))
    40
    """
    rows = [
        (_name(town, place), one.flaw or one.look_alike, FLAWS.get(one.flaw, "filed"))
        for town in some
        for place, one in enumerate(openings(seed, town))
    ]
    return pd.DataFrame(rows, columns=["filing_id", "kind", "ends"]).astype(dict.fromkeys(["filing_id", "kind"], "str"))


@lru_cache(maxsize=32)
def _facts(seed: int, town: int) -> tuple[dict[str, Any], ...]:
    """Return what the registry knows of each firm of a town."""
    drawn, first = firms.draw(seed, towns.MAX_TOWNS), town * towns.FIRMS
    people_here = people.called(seed, town * towns.PEOPLE, towns.PEOPLE)
    place, found = int(drawn.place[first]), []
    for number in range(first, first + towns.FIRMS):
        industry = int(drawn.industry[number])
        found.append(
            {
                "certificate_number": firms.credit_code(places.HOME[place][2], number),
                "name": str(firms.names_of_all(seed)[number]),
                "legal_representative": str(people_here[int(drawn.representative[number]) % towns.PEOPLE]),
                "address": f"{places.HOME[place][1]}市{_STREETS[int(drawn.address[number]) % 8]}"
                f"{int(drawn.address[number]) % 211 + 1}号",
                "business_scope": SCOPES[industry],
                "industry": SECTIONS[industry],
                "capital_fen": int(drawn.scale[number]) * 10**7,
            }
        )
    return tuple(found)


def _row(seed: int, town: int, place: int, one: Opening) -> dict[str, Any]:
    facts, where = _facts(seed, town)[one.firm], branch(one.bank, town)
    day = np.busday_offset(_START, one.day, roll="forward")
    row: dict[str, Any] = {
        "filing_id": _name(town, place),
        "entity": where.entity,
        "account_type": one.account_type,
        "depositor_category": "01",
        "depositor_name": facts["name"],
        "certificate_number": facts["certificate_number"],
        "opened_at": day.astype("datetime64[s]") + np.timedelta64(one.second, "s"),
        "account_number": f"{where.code[:6]}{town:04d}{place:04d}{one.bank:02d}",
        "area_code": where.area,
        "bank_code": where.code,
        "bank_name": where.name,
        "phone": f"09{31 + town % 9}-8{town:03d}{place:03d}",
        "address": facts["address"],
        "post_code": f"7{30_000 + town % 900 * 10:05d}",
        "legal_representative": facts["legal_representative"],
        "industry": facts["industry"],
        "capital_fen": facts["capital_fen"],
        "capital_currency": "CNY",
        "business_scope": facts["business_scope"],
        "superior_unit": "",
        "basic_account_number": _basic_number(town, one.firm) if one.account_type == "general" else "",
    }
    return row | _changed(seed, town, place, one, facts)


def _changed(seed: int, town: int, place: int, one: Opening, facts: dict[str, Any]) -> dict[str, Any]:
    """Return what is otherwise on the list than it should be, or only looks odd."""
    others = _facts(seed, town)
    other = others[(one.firm + 1) % len(others)]
    code: str = facts["certificate_number"]
    if one.flaw == "wrong_check_digit":
        return {"certificate_number": code[:-1] + ("0" if code[-1] != "0" else "1")}
    if one.flaw == "other_representative":
        return {"legal_representative": _stranger(seed, town, place, facts["legal_representative"])}
    if one.flaw == "other_name":
        return {"depositor_name": facts["name"].replace("有限公司", "有限责任公司")}
    if one.flaw == "missing_scope":
        return {"business_scope": ""}
    if one.flaw == "missing_address":
        return {"address": ""}
    if one.flaw == "wrong_basic_number":
        number = _basic_number(town, one.firm)
        return {"basic_account_number": number[:-2] + number[-1] + str((int(number[-2]) + 1) % 10)}
    if one.look_alike == "capital_not_stated":
        return {"capital_fen": None, "capital_currency": ""}
    if one.look_alike == "same_address":
        return {"phone": f"0931-8{town:03d}{(others.index(other)):03d}"}
    return {}


def _stranger(seed: int, town: int, place: int, known: str) -> str:
    """Return the name of somebody of the town who is called otherwise."""
    here = people.called(seed, town * towns.PEOPLE, towns.PEOPLE)
    begins = int(generator(seed, "filings", "stranger", town, place).integers(0, towns.PEOPLE))
    return next(str(name) for name in np.roll(here, -begins) if name != known)


def _basic_number(town: int, firm: int) -> str:
    """Return the number that the central bank gave a firm's basic account (基本存款账户编号): J and thirteen digits."""
    mixed = (town * towns.FIRMS + firm) * 7_919 % 10**9
    return f"J8210{mixed:09d}"


def _name(town: int, place: int) -> str:
    return f"L{town:04d}{place:04d}"
