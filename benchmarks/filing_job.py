"""What a filing bot under measurement is told to do, and what an account's forms are filled with.

The same for all subjects, so that each fills the same pages with the same values.
"""

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from rpa.filing import Filing, from_record

__all__ = ["CHOICES", "Job", "details_of", "key_of", "read_job", "unpacked"]

_KEY = ("account_type", "certificate_number", "account_number", "bank_code", "opened_on")
CHOICES = ("account_type", "depositor_category", "industry", "capital_currency")
"""Names of the fields that are chosen from a list; all others are typed."""


class Job(NamedTuple):
    """What is to be done.

    Parameters
    ----------
    urls
        Addresses of the systems.
    user, password
        Who logs in.
    accounts
        What is to be filed.
    folder
        For files.
    contexts
        How many accounts at once, for subjects that can.
    began
        When the day began, Unix seconds.
    """

    urls: Mapping[str, str]
    user: str
    password: str
    accounts: Sequence[Filing]
    folder: Path
    contexts: int
    began: float


def read_job(path: Path) -> Job:
    """Read a job that was written as JSON."""
    given = json.loads(path.read_text(encoding="utf-8"))
    accounts = [from_record(record) for record in given["accounts"]]
    folder = Path(given["folder"])
    return Job(given["urls"], given["user"], given["password"], accounts, folder, given["contexts"], given["began"])


def details_of(filing: Filing) -> dict[str, str]:
    """Return what the page of a depositor's details is filled with, by the names of its fields."""
    capital = "未注明" if filing.capital_fen is None else f"{filing.capital_fen // 100}.{filing.capital_fen % 100:02d}"
    names = ("depositor_category", "depositor_name", "area_code", "phone", "address", "post_code")
    more = ("legal_representative", "industry", "capital_currency", "business_scope", "superior_unit")
    found = {name: str(getattr(filing, name)) for name in (*names, *more)} | {"capital": capital}
    return found | ({"basic_account_number": filing.basic_account_number} if filing.account_type == "general" else {})


def key_of(filing: Filing) -> dict[str, str]:
    """Return what the page of an account's key information is filled with, by the names of its fields."""
    return {name: str(getattr(filing, name)) for name in _KEY}


def unpacked(archive: Path, folder: Path) -> list[str]:
    """Unpack an account's papers and return where they are."""
    with zipfile.ZipFile(archive) as file:
        file.extractall(folder)
        return [str(folder / name) for name in file.namelist()]
