"""A branch's three systems with its accounts, in one folder: what tests, cases and demonstrations drive.

In: filings as records with the moment of opening, basic accounts that the central bank knows, keys, a clock, and faults
for each system. Out: three applications, and afterwards what they really did.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from rpa.listing import ListKeys, write_list
from rpa.systems import central_bank
from rpa.systems.accounts import accounts_application
from rpa.systems.faults import Faults
from rpa.systems.images import images_application
from rpa.systems.operations import ListFile, operations_application
from rpa.systems.records import Records
from rpa.systems.site import Site

__all__ = ["SYSTEMS", "Branch", "open_branch"]

SYSTEMS: Mapping[str, str] = {
    "operations": "运营管理平台",
    "accounts": "人民币银行结算账户管理系统",
    "images": "影像平台",
}


@dataclass
class Branch:
    """Three systems.

    Parameters
    ----------
    folder
        Where their files lie.
    sites, records
        By system.
    lists
        The list packages that are offered, the newest last; more may be added while it runs.
    """

    folder: Path
    sites: Mapping[str, Site]
    records: Mapping[str, Records]
    lists: list[ListFile] = field(default_factory=list)
    document_size: int = 20_000

    @property
    def image_folder(self) -> Path:
        """Where the image platform stores files."""
        return self.folder / "images"

    def close(self) -> None:
        """Close the files."""
        for records in self.records.values():
            records.close()

    def applications(self) -> dict[str, ASGIApp]:
        """Return the applications by system."""
        sites, records = self.sites, self.records
        return {
            "operations": operations_application(
                sites["operations"], records["operations"], lambda: self.lists, self.document_size
            ),
            "accounts": accounts_application(sites["accounts"], records["accounts"]),
            "images": images_application(sites["images"], records["images"], self.image_folder),
        }

    def publish(self, filings: Sequence[Mapping[str, Any]], at: datetime) -> None:
        """Let accounts appear on the operations platform: filing_id, account_type, ... and `opened_at`."""
        names = ("filing_id", "account_type", "depositor_name", "account_number", "entity")
        for one in filings:
            shown = {name: one[name] for name in names} | {"opened_at": str(one["opened_at"])}
            self.records["operations"].add("pending", one["filing_id"], shown, at, "opened")

    def offer(
        self,
        filings: Sequence[Mapping[str, Any]],
        keys: ListKeys,
        signing_key: bytes,
        *,
        at: datetime,
        serial: int,
        nonce: bytes,
    ) -> None:
        """Publish accounts, and offer them as a list package."""
        self.publish(filings, at)
        data = write_list(filings, keys, signing_key, day=at.date(), serial=serial, nonce=nonce)
        self.lists.append(ListFile(f"pending-{at:%Y%m%d}-{serial:03d}.json", at.date().isoformat(), data))


def open_branch(
    folder: Path,
    users: Mapping[str, Mapping[str, str]],
    clock: Callable[[], datetime],
    *,
    known: Iterable[tuple[str, str, str]] = (),
    known_accounts: Iterable[tuple[str, str, str]] = (),
    banks: Mapping[str, str] | None = None,
    entities: Mapping[str, str] | None = None,
    faults: Mapping[str, Faults] | None = None,
    session_seconds: float = 900.0,
    document_size: int = 20_000,
) -> Branch:
    """Open a branch's systems in a folder that is there.

    Parameters
    ----------
    users
        User and password by system.
    clock
        The time, with its time zone.
    known
        Credit code, number and state (open, cancelled, dormant) of basic accounts that were filed before.
    known_accounts
        Bank code, account number and state of accounts that were filed before.
    banks
        Name of each bank by its code; without any, every code is taken, and no name shown.
    entities
        Legal entity of each user who may only see its own.
    faults
        By system; none where none are given.
    """
    faults = faults or {}
    sites = {
        name: Site(
            name,
            title,
            users[name],
            clock,
            faults.get(name, Faults()),
            encoding="gbk" if name == "accounts" else "utf-8",
            session_seconds=session_seconds,
            entities=entities or {},
        )
        for name, title in SYSTEMS.items()
    }
    records = {name: Records(folder / f"{name}.db") for name in SYSTEMS}
    for code, number, state in known:
        central_bank.know(records["accounts"], code, number, state, clock())
    for bank_code, number, state in known_accounts:
        central_bank.know_account(records["accounts"], bank_code, number, state, clock())
    for bank_code, name in (banks or {}).items():
        central_bank.know_bank(records["accounts"], bank_code, name, clock())
    return Branch(folder, sites, records, document_size=document_size)
