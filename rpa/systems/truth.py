"""The truth: what the systems really did, for judges alone; no page shows it.

Read from their own records and logs: which account was filed when and with which values, what was sent twice, what was
stored, and what was written back. A judge holds it against what should have happened.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from rpa.filing import Filing
from rpa.systems.branch import Branch
from rpa.systems.documents import documents
from rpa.systems.images import stored_path

__all__ = ["Expected", "Truth", "Verdict", "judge", "on_record", "right_pages", "truth_of"]


@dataclass(frozen=True)
class Truth:
    """What really happened.

    Parameters
    ----------
    filed
        Record of each account on file, by bank code and account number.
    filed_at
        When each was committed.
    commits, attempts_again
        How often each was committed, and how often somebody tried to again.
    stored
        Names and hashes of the pages of each set, by legal entity and filing id.
    written_back
        Result of each filing id.
    struck
        How often each fault has struck, by system.
    """

    filed: Mapping[tuple[str, str], Mapping[str, Any]]
    filed_at: Mapping[tuple[str, str], datetime]
    commits: Counter[tuple[str, str]]
    attempts_again: Counter[tuple[str, str]]
    stored: Mapping[tuple[str, str], Mapping[str, str]]
    written_back: Mapping[str, Mapping[str, Any]]
    struck: Mapping[str, Counter[str]]


def truth_of(branch: Branch) -> Truth:
    """Return what a branch's systems really did.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> from pathlib import Path
    >>> from datetime import UTC
    >>> from rpa.systems.branch import SYSTEMS, open_branch
    >>> branch = open_branch(Path(mkdtemp()), {name: {} for name in SYSTEMS}, lambda: datetime(2026, 7, 1, tzinfo=UTC))
    >>> truth_of(branch).filed
    {}
    """
    accounts, images, operations = (branch.records[name] for name in ("accounts", "images", "operations"))
    log = accounts.log("filed")
    return Truth(
        {_pair(key): value for key, value in accounts.all("account").items() if value["receipt"]},
        {_pair(entry.key): entry.at for entry in log},
        Counter(_pair(entry.key) for entry in log),
        Counter(_pair(entry.key) for entry in accounts.log("filed again")),
        {
            (value["entity"], value["filing_id"]): {page["name"]: page["digest"] for page in value["pages"]}
            for value in images.all("set").values()
        },
        operations.all("result"),
        {name: site.faults.struck for name, site in branch.sites.items()},
    )


def right_pages(account_number: str, size: int) -> dict[str, str]:
    """Return names and hashes of the pages that should be stored for an account.

    Examples
    --------
    >>> len(right_pages("6200010000000001", 500))
    3
    """
    return {name: sha256(data).hexdigest() for name, data in documents(account_number, size).items()}


class Expected(NamedTuple):
    """How an account should end.

    Parameters
    ----------
    filing
        What is right of it.
    deadline
        Until when it must be filed; None if that does not matter.
    ends
        "filed"; "refused", with the refusal written back; or "person": not filed, and nothing else is asked.
    """

    filing: Filing
    deadline: datetime | None = None
    ends: str = "filed"


@dataclass(frozen=True)
class Verdict:
    """What is not as it should be, by filing id, with what is wrong; all empty if everything is.

    Parameters
    ----------
    missed
        Should be on file, and is not.
    double
        Is on file more than once: how often.
    wrong
        Differs from the source: in which fields.
    late
        Was filed after its deadline: when.
    beyond
        Is on file and should not be; what nobody expected goes by bank code and account number.
    images_missing, images_wrong
        Names of pages that are not stored; and of those that are not what was handed out, or are too many.
    results_missing, results_wrong
        What should be written back, and was not; and what was written back wrongly.
    """

    missed: tuple[str, ...] = ()
    double: Mapping[str, int] = field(default_factory=dict)
    wrong: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    late: Mapping[str, datetime] = field(default_factory=dict)
    beyond: tuple[str, ...] = ()
    images_missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    images_wrong: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    results_missing: tuple[str, ...] = ()
    results_wrong: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """Return how many accounts there are of each kind."""
        return {one.name: len(getattr(self, one.name)) for one in fields(self)}

    @property
    def is_clean(self) -> bool:
        """Whether everything is as it should be."""
        return not any(self.counts().values())


def judge(branch: Branch, expected: Iterable[Expected]) -> Verdict:
    """Return what is not as it should be.

    Parameters
    ----------
    expected
        Every account that was opened, and how it should end.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> from pathlib import Path
    >>> from datetime import UTC
    >>> from rpa.filing import _example
    >>> from rpa.systems.branch import SYSTEMS, open_branch
    >>> branch = open_branch(Path(mkdtemp()), {name: {} for name in SYSTEMS}, lambda: datetime(2026, 7, 1, tzinfo=UTC))
    >>> judge(branch, [Expected(_example())]).missed
    ('L202007010001',)
    """
    truth, expected = truth_of(branch), tuple(expected)
    wanted = {_place(one.filing): one for one in expected if one.ends == "filed"}
    filed = {place: one.filing for place, one in wanted.items() if place in truth.filed}
    names = {_place(one.filing): one.filing.filing_id for one in expected}
    times = Counter(number for (_, number), many in truth.commits.items() for _ in range(many))
    wrong = {one.filing_id: _differing(truth.filed[place], on_record(one)) for place, one in filed.items()}
    pages = {one.filing_id: _page_faults(branch, truth, one) for one in filed.values()}
    results = {one.filing.filing_id: _result_faults(truth, one) for one in expected}
    return Verdict(
        tuple(one.filing.filing_id for place, one in wanted.items() if place not in truth.filed),
        {one.filing_id: times[one.account_number] for one in filed.values() if times[one.account_number] > 1},
        {name: found for name, found in wrong.items() if found},
        {
            one.filing_id: truth.filed_at[place]
            for place, one in filed.items()
            if (deadline := wanted[place].deadline) is not None and truth.filed_at[place] > deadline
        },
        tuple(names.get(place, "/".join(place)) for place in truth.filed if place not in wanted),
        {name: missing for name, (missing, _) in pages.items() if missing},
        {name: other for name, (_, other) in pages.items() if other},
        tuple(name for name, found in results.items() if found is None),
        {name: found for name, found in results.items() if found},
    )


def on_record(filing: Filing) -> dict[str, str]:
    """Return what the account-management system should have on record of a filing, by its own names.

    Examples
    --------
    >>> from rpa.filing import _example
    >>> on_record(_example())["capital"], on_record(_example())["opened_on"]
    ('5000000.00', '2020-07-01')
    """
    own = ("filing_id", "entity", "bank_name", "capital_fen", "opened_on")
    found = {one.name: str(getattr(filing, one.name)) for one in fields(filing) if one.name not in own}
    if filing.account_type == "basic":
        del found["basic_account_number"]
    fen = filing.capital_fen
    capital = "未注明" if fen is None else f"{fen // 100}.{fen % 100:02d}"
    return found | {"opened_on": filing.opened_on.isoformat(), "capital": capital}


def _differing(record: Mapping[str, Any], right: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(
        name
        for name, value in right.items()
        if (_fen(record[name]) != _fen(value) if name == "capital" else record[name] != value)
    )


def _fen(capital: str) -> str:
    yuan, _, cents = capital.partition(".")
    return f"{yuan.lstrip('0')}.{cents.ljust(2, '0')}" if yuan.isdigit() else capital


def _page_faults(branch: Branch, truth: Truth, filing: Filing) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of pages that are missing, and of those that are wrong, too many, or at another entity."""
    right = right_pages(filing.account_number, branch.document_size)
    stored = truth.stored.get((filing.entity, filing.filing_id), {})
    missing = tuple(name for name in right if name not in stored)
    wrong = [name for name, digest in stored.items() if right.get(name) != digest or _is_lost(branch, filing, digest)]
    wrong += [
        f"{entity}/{name}"
        for (entity, filing_id), pages in truth.stored.items()
        if filing_id == filing.filing_id and entity != filing.entity
        for name in pages
    ]
    return missing, tuple(wrong)


def _is_lost(branch: Branch, filing: Filing, digest: str) -> bool:
    path = stored_path(branch.image_folder, filing.entity, digest)
    return not path.is_file() or sha256(path.read_bytes()).hexdigest() != digest


def _result_faults(truth: Truth, expected: Expected) -> tuple[str, ...] | None:
    """Return the parts of a result that are wrong; None if there should be a result and is none."""
    told = truth.written_back.get(expected.filing.filing_id)
    if told is None:
        return () if expected.ends == "person" else None
    if expected.ends != "filed":
        return () if told["result"] == "refused" else ("result",)
    record = truth.filed.get(_place(expected.filing), {"receipt": "", "basic_account_number": ""})
    right = {name: record[name] for name in ("receipt", "basic_account_number")} | {"result": "filed"}
    return tuple(name for name, value in right.items() if told[name] != value)


def _place(filing: Filing) -> tuple[str, str]:
    return filing.bank_code, filing.account_number


def _pair(key: str) -> tuple[str, str]:
    bank_code, _, account_number = key.partition("/")
    return bank_code, account_number
