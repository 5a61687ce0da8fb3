"""A stand: the three systems with accounts of a file, or a handful of made ones, for anybody's bot to be pointed at.

In: a folder, and accounts as JSON. Out: a branch with users, keys to its list package, and one list on offer. What a
bot needs to know lies in `access.json` in the folder, for its owner's eyes alone; switches that are written into
`faults.json` take effect while the systems run.
"""

import json
import os
import secrets
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from stdnum.cn import uscc

from rpa.errors import RpaError
from rpa.filing import ACCOUNT_TYPES, Filing, from_record, to_record
from rpa.listing import ListKeys
from rpa.systems.branch import SYSTEMS, Branch, open_branch
from rpa.systems.faults import NAMES, PLACES, Faults

__all__ = ["SPARED", "Accounts", "made_accounts", "read_accounts", "set_up", "switch"]

SPARED = ("captcha", "one_time_password", "clock_skew")
"""Switches that stop every bot, and are not set by a rate for all."""
_KNOBS = ("latency", "slow_seconds", "late_seconds", "skew_seconds")
_FIRMS = (
    ("黄河和商贸", "苏林", "F", "日用百货、针纺织品、五金交电批发和零售", 500_000_000, ""),
    ("陇原建材", "马秀英", "C", "建筑材料、装饰材料生产与销售", 8_650_000_000, ""),
    ("敦煌瑞餐饮", "黄晨", "H", "餐饮服务、食品经营", None, ""),
    ("丝路软件", "赵䶮", "I", "电子产品技术开发、软件开发、系统集成", 120_000_050, "open"),
    ("祁连药业", "王建国", "F", "药品、医疗器械批发", 2_000_000_000, "open"),
    ("白塔运输", "杨帆", "G", "普通货物道路运输、仓储服务", 300_000_000, "cancelled"),
)
"""Name, representative, industry, scope, capital; and if it opens a general account, the state of its basic one."""


class Accounts(NamedTuple):
    """Accounts to be filed, basic accounts that were filed before (code, number, state), and names of banks."""

    filings: tuple[Filing, ...]
    known: tuple[tuple[str, str, str], ...]
    banks: Mapping[str, str]


def made_accounts(today: date) -> Accounts:
    """Return a handful of made accounts; the last must be refused, for its firm's basic account was cancelled.

    Examples
    --------
    >>> made = made_accounts(date(2026, 7, 1))
    >>> [one.account_type for one in made.filings].count("general"), len(made.known)
    (3, 3)
    """
    filings, known = [], []
    for place, (name, person, industry, scope, fen, state) in enumerate(_FIRMS):
        body = f"9162010{place}MA74{place}TE5{place}"
        filing = Filing(
            filing_id=f"L{today:%Y%m%d}{place + 1:04d}",
            entity="陇上银行",
            account_type="general" if state else "basic",
            depositor_category="01",
            depositor_name=f"兰州{name}有限公司",
            certificate_number=body + uscc.calc_check_digit(body),
            opened_on=today,
            account_number=f"62000100000000{place + 1:02d}",
            area_code="620100",
            bank_code="301821000019",
            bank_name="陇上银行兰州城关支行",
            phone=f"0931-888000{place + 1}",
            address=f"兰州市城关区人民路{place + 1}号",
            post_code="730030",
            legal_representative=person,
            industry=industry,
            capital_fen=fen,
            capital_currency="CNY" if fen else "",
            business_scope=scope,
            basic_account_number=f"J8210{place:09d}" if state else "",
        )
        filings.append(filing)
        if state:
            known.append((filing.certificate_number, filing.basic_account_number, state))
    return Accounts(tuple(filings), tuple(known), {filings[0].bank_code: filings[0].bank_name})


def read_accounts(text: str) -> Accounts:
    """Return the accounts of a JSON text: a list of filings, or an object with `filings`, `known` and `banks`.

    Basic accounts that general accounts name are known and open, if nothing else is said of them.

    Raises
    ------
    RpaError
        If it is no such text.

    Examples
    --------
    >>> read_accounts("[]")
    Accounts(filings=(), known=(), banks={})
    """
    try:
        data = json.loads(text)
        data = {"filings": data} if isinstance(data, list) else dict(data)
        filings = tuple(from_record({key: row[key] for key in row if key != "opened_at"}) for row in data["filings"])
        known = {str(code): (str(code), str(number), str(state)) for code, number, state in data.get("known", [])}
        banks = {str(code): str(name) for code, name in dict(data.get("banks", {})).items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise RpaError(
            f"the file of filings is a list of filings, or an object with filings, known and banks: {error}"
        ) from None
    for one in filings:
        if one.account_type not in ACCOUNT_TYPES:
            raise RpaError(f"{one.filing_id} is of type {one.account_type!r:.40}, not {' or '.join(ACCOUNT_TYPES)}")
        if one.account_type == "general":
            known.setdefault(one.certificate_number, (one.certificate_number, one.basic_account_number, "open"))
    return Accounts(filings, tuple(known.values()), banks)


def set_up(
    folder: Path, accounts: Accounts, clock: Callable[[], datetime], faults: Mapping[str, Faults]
) -> tuple[Branch, dict[str, Any]]:
    """Open a branch in a folder with the accounts on a list, and return it with what a bot needs to know.

    Parameters
    ----------
    folder
        Is made if it is not there; what lies in it from an earlier run goes on.
    clock
        The time, with its time zone.
    faults
        By system.
    """
    folder.mkdir(parents=True, exist_ok=True)
    access = _access(folder / "access.json")
    users: dict[str, str] = access["users"]
    branch = open_branch(
        folder, dict.fromkeys(SYSTEMS, users), clock, known=accounts.known, banks=accounts.banks, faults=faults
    )
    keys = ListKeys(
        access["bank"], access["cipher"], bytes.fromhex(access["secret"]), bytes.fromhex(access["platform"])
    )
    now = clock()
    rows = [to_record(one) | {"opened_at": f"{one.opened_on} 09:30"} for one in accounts.filings]
    signing = bytes.fromhex(access["signing_key"])
    # the moment rises from run to run, as serial numbers must
    branch.offer(rows, keys, signing, at=now, serial=int(now.timestamp()), nonce=secrets.token_bytes(12))
    return branch, access


def _access(path: Path) -> dict[str, Any]:
    """Return what lies in the file; made anew if there is none."""
    if path.exists():
        return dict(json.loads(path.read_text(encoding="utf-8")))
    signing = secrets.token_bytes(32)
    platform = Ed25519PrivateKey.from_private_bytes(signing).public_key().public_bytes_raw()
    access: dict[str, Any] = {
        "users": {name: secrets.token_urlsafe(9) for name in ("clerk", "admin")},
        **{"bank": "陇上银行", "cipher": "aes-256-gcm", "secret": secrets.token_hex(32)},
        **{"platform": platform.hex(), "signing_key": signing.hex()},
    }
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(access, file, ensure_ascii=False, indent=1)
    return access


def switch(faults: Mapping[str, Faults], settings: Any) -> None:
    """Set switches and knobs while the systems run; what is not named is off, and everything or nothing is set.

    Parameters
    ----------
    faults
        By system.
    settings
        By system, or under "all": rate of each switch, and `latency`, `slow_seconds`, `late_seconds`, `skew_seconds`.

    Raises
    ------
    RpaError
        If there is no such system, switch or rate.

    Examples
    --------
    >>> faults = {"accounts": Faults()}
    >>> switch(faults, {"accounts": {"error_503": 0.25, "latency": 0.5}})
    >>> faults["accounts"].rates, faults["accounts"].latency
    ({'error_503': 0.25}, 0.5)
    """
    if not isinstance(settings, dict) or not all(isinstance(one, dict) for one in settings.values()):
        raise RpaError('switches are an object by system, such as {"accounts": {"error_503": 0.1}}')
    if strangers := sorted(set(settings) - {"all", *faults}):
        raise RpaError(f"there is no system {strangers[0]!r}; there are all, {', '.join(faults)}")
    ready = {}
    for system in faults:
        wanted = {**settings.get("all", {}), **settings.get(system, {})}
        if wrong := [name for name, value in wanted.items() if type(value) not in (int, float) or value < 0]:
            raise RpaError(f"{wrong[0]} of {system} is {wanted[wrong[0]]!r}, it must be a number from 0")
        own = {name: float(value) for name, value in wanted.items() if name not in _KNOBS}
        placed = {name: rate for name, rate in own.items() if name not in NAMES or system in PLACES.get(name, SYSTEMS)}
        knobs = {name: float(wanted.get(name, getattr(Faults(), name))) for name in _KNOBS}
        ready[system] = Faults(placed, rng=faults[system].rng or np.random.default_rng(0)), knobs
    for system, (new, knobs) in ready.items():
        faults[system].rates, faults[system].plan, faults[system].rng = new.rates, {}, new.rng
        for name, value in knobs.items():
            setattr(faults[system], name, value)
