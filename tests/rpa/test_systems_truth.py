"""The judge: everything that can be wrong is found, each by its own name, and what is right is left alone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from filing_sample import BASIC, GENERAL
from visiting import NOW, branch_in, papers_of

from rpa.filing import Filing
from rpa.systems import central_bank
from rpa.systems.branch import Branch
from rpa.systems.documents import documents
from rpa.systems.images import stored_path
from rpa.systems.truth import Expected, Verdict, judge, on_record, right_pages, truth_of

EXPECTED = (Expected(BASIC, NOW + timedelta(hours=1)), Expected(GENERAL, NOW + timedelta(days=1)))


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[Branch]:
    made = branch_in(tmp_path)
    yield made
    made.close()


def file(branch: Branch, filing: Filing, hours: float = 0.0) -> None:
    at = NOW + timedelta(hours=hours)
    central_bank.commit(
        branch.records["accounts"], {"basic_account_number": "", **on_record(filing)}, "c", shown_at=at, at=at
    )


def store(branch: Branch, filing: Filing, entity: str = "", **changes: bytes) -> None:
    pages = []
    for name, data in {**documents(filing.account_number, 400), **changes}.items():
        digest = right_pages(filing.account_number, 400)[name] if name not in changes else "0" * 64
        path = stored_path(branch.image_folder, entity or filing.entity, digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        pages.append({"name": name, "digest": digest})
    value = {"entity": entity or filing.entity, "filing_id": filing.filing_id, "pages": pages}
    branch.records["images"].put("set", f"{value['entity']}/{filing.filing_id}", value, NOW, "stored")


def write_back(branch: Branch, filing: Filing, **changes: str) -> None:
    record = truth_of(branch).filed.get(
        (filing.bank_code, filing.account_number), {"receipt": "", "basic_account_number": ""}
    )
    value = {"result": "filed", "reason": ""} | {name: record[name] for name in ("receipt", "basic_account_number")}
    branch.records["operations"].put("result", filing.filing_id, value | changes, NOW, "written back")


def do_all(branch: Branch) -> None:
    for filing in (BASIC, GENERAL):
        file(branch, filing)
        store(branch, filing)
        write_back(branch, filing)


def test_what_is_as_it_should_be_is_clean(branch: Branch) -> None:
    do_all(branch)
    assert judge(branch, EXPECTED) == Verdict()
    assert judge(branch, EXPECTED).is_clean
    assert set(judge(branch, EXPECTED).counts().values()) == {0}


def test_nothing_done_is_everything_missed(branch: Branch) -> None:
    names = (BASIC.filing_id, GENERAL.filing_id)
    assert judge(branch, EXPECTED) == Verdict(missed=names, results_missing=names)


def test_what_was_filed_beyond_what_is_expected_is_named(branch: Branch) -> None:
    do_all(branch)
    expected = [EXPECTED[0], EXPECTED[1]._replace(ends="person")]
    verdict = judge(branch, expected)
    assert verdict.beyond == (GENERAL.filing_id,)
    assert verdict.results_wrong == {GENERAL.filing_id: ("result",)}
    assert judge(branch, EXPECTED[:1]).beyond == (f"{GENERAL.bank_code}/{GENERAL.account_number}",)


def test_an_account_that_is_on_file_at_two_banks_is_double(branch: Branch) -> None:
    do_all(branch)
    file(branch, replace(GENERAL, bank_code="301821000027"))
    verdict = judge(branch, EXPECTED)
    assert verdict.double == {GENERAL.filing_id: 2}
    assert verdict.beyond == (f"301821000027/{GENERAL.account_number}",)


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"depositor_name": BASIC.legal_representative}, ("depositor_name",)),
        ({"address": "兰州市黄河路13号", "phone": "0931-8880002"}, ("address", "phone")),
        ({"capital_fen": 8_650_000_001}, ("capital",)),
        ({"capital_fen": None, "capital_currency": ""}, ("capital", "capital_currency")),
        ({"opened_on": BASIC.opened_on - timedelta(days=1)}, ("opened_on",)),
    ],
)
def test_values_that_differ_are_wrong_and_named(
    branch: Branch, changes: dict[str, object], names: tuple[str, ...]
) -> None:
    file(branch, replace(BASIC, **changes))  # type: ignore[arg-type]  # whatever a test wants
    store(branch, BASIC)
    write_back(branch, BASIC)
    [found] = judge(branch, EXPECTED[:1]).wrong.values()
    assert sorted(found) == sorted(names)


def test_a_capital_that_is_written_otherwise_is_the_same(branch: Branch) -> None:
    record = {"basic_account_number": "", **on_record(BASIC), "capital": "86500000"}
    central_bank.commit(branch.records["accounts"], record, "c", shown_at=NOW, at=NOW)
    assert judge(branch, EXPECTED[:1]).wrong == {}


def test_what_was_filed_after_its_deadline_is_late(branch: Branch) -> None:
    file(branch, BASIC, hours=1.5)
    file(branch, GENERAL, hours=1.5)
    assert judge(branch, EXPECTED).late == {BASIC.filing_id: NOW + timedelta(hours=1.5)}
    assert judge(branch, [Expected(BASIC), Expected(GENERAL)]).late == {}


def test_images_that_are_missing_changed_lost_or_at_another_entity_are_named(branch: Branch) -> None:
    do_all(branch)
    names = list(documents(BASIC.account_number, 400))
    branch.records["images"].put(
        "set",
        f"{BASIC.entity}/{BASIC.filing_id}",
        {"entity": BASIC.entity, "filing_id": BASIC.filing_id, "pages": []},
        NOW,
    )
    store(branch, GENERAL, **{names[1]: b"other"})
    verdict = judge(branch, EXPECTED)
    assert verdict.images_missing == {BASIC.filing_id: tuple(names)}
    assert verdict.images_wrong == {GENERAL.filing_id: (names[1],)}
    store(branch, BASIC)
    store(branch, GENERAL)
    store(branch, GENERAL, entity="天水银行")
    stored_path(branch.image_folder, BASIC.entity, right_pages(BASIC.account_number, 400)[names[0]]).unlink()
    verdict = judge(branch, EXPECTED)
    assert verdict.images_wrong == {
        BASIC.filing_id: (names[0],),
        GENERAL.filing_id: tuple(f"天水银行/{name}" for name in names),
    }
    assert len(papers_of(BASIC)) == len(names)


def test_results_that_are_missing_or_wrong_are_named(branch: Branch) -> None:
    for filing in (BASIC, GENERAL):
        file(branch, filing)
        store(branch, filing)
    write_back(branch, BASIC, receipt="BA20260701000009")
    verdict = judge(branch, EXPECTED)
    assert verdict.results_wrong == {BASIC.filing_id: ("receipt",)}
    assert verdict.results_missing == (GENERAL.filing_id,)
    assert verdict.counts()["results_missing"] == 1


def test_a_refusal_must_be_written_back_and_what_waits_for_a_person_need_not(branch: Branch) -> None:
    expected = [Expected(BASIC, None, "refused"), Expected(GENERAL, None, "person")]
    assert judge(branch, expected) == Verdict(results_missing=(BASIC.filing_id,))
    write_back(branch, BASIC, result="refused", reason="该存款人已开立基本存款账户")
    assert judge(branch, expected).is_clean


def test_accounts_of_before_are_nobody_s_fault(tmp_path: Path) -> None:
    branch = branch_in(tmp_path, known_accounts=[("301821000019", "62000000000001", "cancelled")])
    assert judge(branch, []).is_clean
    branch.close()
