"""The console: what a person can decide with it, and what it refuses."""

from dataclasses import replace
from pathlib import Path

import pytest
from console_sample import FILED, NOW, REFUSED, SIGNED, WAITING, Client, correction, filled, item
from filing_sample import BASIC, GENERAL

from rpa.console.correction import record_of, typed_of
from rpa.console.queue_view import reading
from rpa.evidence import lines, verify
from rpa.filing import to_record
from rpa.queue import State, WorkQueue


@pytest.fixture
def client(tmp_path: Path) -> Client:
    return filled(tmp_path)


def test_an_account_goes_back_as_it_is_and_what_was_being_sent_is_asked_about_first(client: Client) -> None:
    answer = client.post(f"{WAITING}/resume", client.form("/hand-over") | client.form(WAITING) | SIGNED)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{WAITING}?said=sent")
    assert item(client, 3).state is State.IN_DOUBT
    with reading(client.queue_path) as view:
        last = view.steps("L00000003")[-1]
    assert (last.who, last.reason, last.at) == ("王芳", "与营业执照核对", NOW.timestamp())
    noted = list(lines(client.evidence_path / "audit.jsonl"))[-1]
    assert (noted.account, noted.what, noted.detail["who"]) == ("L00000003", "a person sends the account back", "王芳")
    assert "已退回队列" in client.get(answer.headers["location"]).text


def test_a_correction_goes_back_into_the_queue_and_stands_in_the_audit_log(client: Client) -> None:
    answer = client.post(f"{REFUSED}/correct", correction(client))
    assert (answer.status_code, answer.headers["location"]) == (303, f"{REFUSED}?said=corrected")
    found = item(client, 2)
    assert found.state is State.NEW
    assert found.record["certificate_number"] == GENERAL.certificate_number
    noted = list(lines(client.evidence_path / "audit.jsonl"))[-1]
    assert noted.detail["changed"] == ["certificate_number"]
    assert verify(client.evidence_path / "audit.jsonl") is None


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"certificate_number": "911101080000000000"}, "校验码"),
        ({"phone": "12"}, "a phone number such as"),
        ({"opened_on": "07/01/2026"}, "YYYY-MM-DD"),
        ({"opened_on": "2026-07-02"}, "after today"),
        ({"capital_fen": "12.345"}, "at most two decimals"),
        ({"capital_fen": "1e400"}, "at most two decimals"),
        ({"capital_fen": "NaN"}, "at most two decimals"),
        ({"capital_fen": ""}, "capital_currency"),
        ({"account_type": "other"}, "one of basic, general"),
        ({"account_type": "basic"}, "must be empty"),
        ({"business_scope": "x" * 1001}, "1 to 1000 characters"),
        ({"depositor_name": "<script>alert(1)</script>\x00"}, "2 to 100 characters"),
        ({"who": " "}, "请填写经办人"),
        ({"reason": ""}, "请填写处理说明"),
    ],
)
def test_a_wrong_correction_is_shown_again_with_what_is_wrong(
    client: Client, changed: dict[str, str], words: str
) -> None:
    answer = client.post(f"{REFUSED}/correct", correction(client, **changed))
    assert answer.status_code == 422
    assert words in answer.text
    assert "未保存" in answer.text
    assert "<script>" not in answer.text
    assert item(client, 2).state is State.REFUSED


def test_the_same_data_are_not_sent_back_to_be_refused_again(client: Client) -> None:
    queue = WorkQueue(client.queue_path)
    queue.add("R1", to_record(replace(BASIC, filing_id="R1")), due=1.0, rank=0, now=0.0)
    lease = queue.claim("bot", now=NOW.timestamp(), seconds=9)
    assert lease is not None
    queue.advance(lease, State.REFUSED, now=NOW.timestamp(), reason="该企业已开立基本存款账户")
    queue.close()
    typed = typed_of(to_record(BASIC)) | client.form("/accounts/R1/correct") | SIGNED
    answer = client.post("/accounts/R1/correct", typed)
    assert answer.status_code == 422
    assert "nothing was changed: the same data" in answer.text


def test_the_number_and_the_legal_entity_cannot_be_corrected(client: Client) -> None:
    assert client.post(f"{REFUSED}/correct", correction(client, filing_id="L9", entity="x")).status_code == 303
    record = item(client, 2).record
    assert (record["filing_id"], record["entity"]) == ("L00000002", BASIC.entity)


def test_the_capital_is_exact_in_fen() -> None:
    for typed, fen in [("1,234,567.89", 123_456_789), ("90071992547409.93", 9_007_199_254_740_993), ("未注明", None)]:
        currency = "" if fen is None else "CNY"
        record, wrong = record_of(
            typed_of(to_record(BASIC)) | {"capital_fen": typed, "capital_currency": currency}, {}, BASIC.opened_on
        )
        assert record["capital_fen"] == fen
        assert not wrong


def test_what_has_been_filed_is_not_corrected_here(client: Client) -> None:
    assert "请在央行系统办理变更" in client.get(f"{FILED}/correct").text
    form = (
        client.form("/hand-over")
        | client.form(FILED)
        | typed_of(to_record(replace(BASIC, phone="0931-8880002")))
        | SIGNED
    )
    answer = client.post(f"{FILED}/correct", form)
    assert answer.status_code == 409
    assert "must be made at the central bank" in answer.text


def test_what_a_rule_refused_is_not_sent_back_as_it_is(client: Client) -> None:
    answer = client.post(f"{REFUSED}/resume", client.form(f"{REFUSED}/correct") | SIGNED)
    assert answer.status_code == 409
    assert "the same data are refused again" in answer.text
    assert len(list(lines(client.evidence_path / "audit.jsonl"))) == 1


def test_a_form_that_is_older_than_the_last_step_changes_nothing(client: Client) -> None:
    form = correction(client)
    assert client.post(f"{REFUSED}/correct", form).status_code == 303
    assert client.post(f"{REFUSED}/correct", form).status_code == 409
    queue = WorkQueue(client.queue_path)
    lease = queue.claim("bot", now=NOW.timestamp() + 4000, seconds=9)
    while lease is not None and lease.item.filing_id != "L00000002":
        lease = queue.claim("bot", now=NOW.timestamp() + 4000, seconds=9)
    assert lease is not None
    queue.advance(lease, State.REFUSED, now=NOW.timestamp() + 4000, reason="again")
    queue.close()
    answer = client.post(f"{REFUSED}/correct", form)
    assert answer.status_code == 409
    assert "has moved since this page was made" in answer.text
    assert item(client, 2).state is State.REFUSED
