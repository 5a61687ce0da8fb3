"""A branch with accounts to be filed, a bot for it, and the judge: what tests of the bot are made of."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rpa.bot import SYSTEMS, Patience, Settings
from rpa.browser import Found
from rpa.deadlines.rules import CHINA
from rpa.evidence import Credentials
from rpa.evidence.credentials import Secret
from rpa.filing import Filing, to_record
from rpa.listing import ListKeys, Registry
from rpa.systems import Faults, serve
from rpa.systems.branch import Branch, open_branch
from rpa.systems.truth import Truth, right_pages, truth_of
from tests.rpa.filing_sample import BASIC

SIGNING_KEY = bytes(range(32))
PLATFORM = Ed25519PrivateKey.from_private_bytes(SIGNING_KEY).public_key().public_bytes_raw()
KEYS = ListKeys("陇上银行", "aes-256-gcm", bytes(range(1, 33)), PLATFORM)
PASSWORDS = {"operations": "yunying-2026", "accounts": "zhanghu-2026", "images": "yingxiang-2026"}
START = datetime(2026, 7, 1, 10, 0, tzinfo=CHINA)
"""A Wednesday that is worked."""
SIZE = 2_000
QUICK = Patience(
    page_seconds=8.0,
    step_seconds=60.0,
    lease_seconds=20.0,
    settle_seconds=1.0,
    first_backoff=0.05,
    longest_backoff=0.3,
    breaker_failures=8,
    breaker_seconds=0.3,
    most_attempts=25,
    list_tries=3,
    list_wait_seconds=0.2,
)
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def code_of(number: int) -> str:
    """A credit code of its own for each number, with the right check digit."""
    body = f"91620100MA{number:07d}"
    total = sum(_ALPHABET.index(letter) * pow(3, place, 31) for place, letter in enumerate(body))
    return body + _ALPHABET[(31 - total % 31) % 31]


def basic(number: int, **changes: Any) -> Filing:
    """A basic account of firm `number`."""
    return replace(
        BASIC,
        filing_id=f"L{number:08d}",
        depositor_name=f"兰州第{number}建材有限公司",
        certificate_number=code_of(number),
        account_number=f"30182100{number:08d}",
        address=f"兰州市黄河路{number}号",
        phone=f"0931-88{number:05d}",
        capital_fen=100_000_00 + number,
        **changes,
    )


def general(number: int, **changes: Any) -> Filing:
    """A general account of firm `number`, whose basic account is known."""
    known = {"account_type": "general", "basic_account_number": basic_number(number)}
    return replace(basic(number), **{**known, **changes})


def basic_number(number: int) -> str:
    return f"J8210{number:09d}"


def row_of(filing: Filing, **changes: str) -> dict[str, str]:
    """What the registry knows of a firm."""
    names = ("certificate_number", "legal_representative", "address", "business_scope", "industry")
    row = {name: getattr(filing, name) for name in names}
    return {**row, "name": filing.depositor_name, **changes}


class Clock:
    """The time in the tests' world: it goes on as ours does."""

    def __init__(self, start: datetime = START) -> None:
        self.start, self.began = start, monotonic()

    def __call__(self) -> datetime:
        return self.start + timedelta(seconds=monotonic() - self.began)


def settings_of(
    addresses: Mapping[str, str],
    registry: Sequence[Mapping[str, str]],
    folder: Path,
    clock: Clock,
    found: Found,
    **changes: Any,
) -> Settings:
    """A bot's settings; quick, and without pictures, unless told otherwise."""
    credentials = {name: Credentials("clerk", Secret(PASSWORDS[name])) for name in SYSTEMS}
    given = {"patience": QUICK, "pictures": False, **changes}
    return Settings(addresses, credentials, KEYS, Registry(registry), folder, found, clock, **given)


@dataclass
class World:
    branch: Branch
    addresses: Mapping[str, str]
    clock: Clock
    registry: list[dict[str, str]]
    folder: Path
    filings: list[Filing]

    def settings(self, found: Found, **changes: Any) -> Settings:
        return settings_of(self.addresses, self.registry, self.folder / "bot", self.clock, found, **changes)

    def written(self, contexts: int = 1) -> Path:
        """The file that a bot in a process of its own reads."""
        path = self.folder / "world.json"
        given = {"addresses": self.addresses, "registry": self.registry, "folder": str(self.folder / "bot")}
        path.write_text(json.dumps({**given, "began": self.clock.began, "contexts": contexts}), encoding="utf-8")
        return path

    def offer(self, filings: Sequence[Filing], serial: int = 1, at: datetime | None = None, **changes: Any) -> None:
        """Let accounts be opened, and offer them as a list."""
        at = at or self.clock()
        records = [to_record(one) | {"opened_at": at.isoformat()} | changes.get(one.filing_id, {}) for one in filings]
        nonce = serial.to_bytes(12, "big")
        self.branch.offer(records, KEYS, SIGNING_KEY, at=at, serial=serial, nonce=nonce)
        self.filings += filings

    @property
    def truth(self) -> Truth:
        return truth_of(self.branch)


@contextmanager
def world(
    folder: Path,
    filings: Sequence[Filing] = (),
    *,
    known: Sequence[tuple[str, str, str]] = (),
    faults: Mapping[str, Faults] | None = None,
    registry: Sequence[dict[str, str]] | None = None,
    start: datetime = START,
    session_seconds: float = 900.0,
) -> Iterator[World]:
    """Systems that are served, with filings on today's list; general accounts' basic numbers are known."""
    clock = Clock(start)
    generals = [
        (one.certificate_number, one.basic_account_number, "open") for one in filings if one.basic_account_number
    ]
    users = {name: {"clerk": PASSWORDS[name]} for name in SYSTEMS}
    named = {code for code, _, _ in known}
    branch = open_branch(
        folder,
        users,
        clock,
        known=[*known, *(one for one in generals if one[0] not in named)],
        faults=faults,
        document_size=SIZE,
        session_seconds=session_seconds,
    )
    rows = [row_of(one) for one in filings] if registry is None else list(registry)
    with serve(branch.applications()) as addresses:
        made = World(branch, addresses, clock, rows, folder, [])
        if filings:
            made.offer(filings)
        yield made


def judged(made: World, expected: Sequence[Filing]) -> dict[str, list[str]]:
    """What went wrong by the truth: accounts missed, double, wrong, or filed that should not be."""
    truth = made.truth
    found: dict[str, list[str]] = {"missed": [], "double": [], "wrong": [], "beyond": []}
    pairs = {(one.bank_code, one.account_number): one for one in expected}
    for pair, one in pairs.items():
        stored = truth.stored.get((one.entity, one.filing_id), {})
        told = truth.written_back.get(one.filing_id, {})
        if pair not in truth.filed or not stored or not told:
            found["missed"].append(one.filing_id)
            continue
        if truth.commits[pair] != 1:
            found["double"].append(one.filing_id)
        filed = truth.filed[pair]
        wrong = [name for name, value in values_of(one).items() if filed[name] != value]
        wrong += ["pages"] if dict(stored) != right_pages(one.account_number, SIZE) else []
        known = {name: filed[name] for name in ("receipt", "basic_account_number")} | {"result": "filed"}
        wrong += [f"{name} told" for name, value in known.items() if told[name] != value]
        if wrong:
            found["wrong"].append(f"{one.filing_id}: {', '.join(wrong)}")
    found["beyond"] = [str(pair) for pair in truth.filed if pair not in pairs]
    return {name: ones for name, ones in found.items() if ones}


def values_of(filing: Filing) -> dict[str, str]:
    """What should be on record, by the system's names."""
    names = (
        "account_type",
        "certificate_number",
        "account_number",
        "bank_code",
        "depositor_category",
        "depositor_name",
    )
    more = ("area_code", "phone", "address", "post_code", "legal_representative", "industry", "business_scope")
    found = {name: str(getattr(filing, name)) for name in (*names, *more, "superior_unit", "capital_currency")}
    capital = "未注明" if filing.capital_fen is None else f"{filing.capital_fen // 100}.{filing.capital_fen % 100:02d}"
    return found | {"opened_on": filing.opened_on.isoformat(), "capital": capital}


def rates(seed: int, **given: float) -> dict[str, Any]:
    """Arguments of `Faults` for rates."""
    return {"rates": given, "rng": np.random.default_rng(seed)}
