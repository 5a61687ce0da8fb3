"""`python -m rpa.systems`: starts, says where and for whom, takes switches while it runs, and ends when told to."""

import json
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from filing_sample import BASIC, GENERAL
from visiting import NOW, file_account, text_of, visitors

from rpa.errors import RpaError
from rpa.filing import to_record
from rpa.listing import ListKeys, problems, read_list
from rpa.systems import Faults
from rpa.systems.__main__ import main
from rpa.systems.branch import SYSTEMS
from rpa.systems.faults import NAMES
from rpa.systems.stand import made_accounts, read_accounts, set_up, switch


def none() -> dict[str, Faults]:
    return {name: Faults() for name in SYSTEMS}


def told(process: "subprocess.Popen[str]", words: str) -> str:
    """Read lines until one has the words."""
    assert process.stdout is not None
    seen = []
    for line in process.stdout:
        seen.append(line)
        if words in line:
            return "".join(seen)
    raise AssertionError(f"{words!r} was never said: {seen}")


def test_the_systems_start_take_switches_and_end(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rpa.systems", "--folder", str(tmp_path), "--latency", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8") as process:
        try:
            said = told(process, "Ctrl-C ends")
            address = re.findall(r"\(accounts\): (http://127\.0\.0\.1:\d+)", said)[0]
            password = re.findall(r"user clerk, password (\S+)", said)[0]
            with httpx.Client(base_url=address, follow_redirects=True) as client:
                assert "退出" in client.post("/login", data={"username": "clerk", "password": password}).text
                (tmp_path / "faults.json").write_text('{"accounts": {"error_503": 1, "captcha": 1}}')
                told(process, "the switches have been set")
                assert client.get("/").status_code == 503
                client.get("/login")
                assert re.search(r"图形验证码：\d{6}", told(process, "for a person's eyes"))
                (tmp_path / "faults.json").write_text('{"accounts": {"error_418": 1}}')
                assert "there is no fault 'error_418'" in told(process, "the switches stay as they were")
            process.send_signal(signal.SIGINT)
            told(process, "the systems have ended")
            assert process.wait(20) == 0
        finally:
            process.kill()
    assert stat.S_IMODE((tmp_path / "access.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--filings", "/nowhere/filings.json"], "No such file"), (["--filings", "BAD"], "the file of filings is")],
)
def test_what_cannot_be_read_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"filing": 1}')
    before = signal.getsignal(signal.SIGTERM)
    assert main([one.replace("BAD", str(bad)) for one in arguments]) == 2
    signal.signal(signal.SIGTERM, before)
    assert said in capsys.readouterr().err


def test_what_every_switch_does_is_said_on_demand(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--switches"]) == 0
    said = capsys.readouterr().out
    assert all(name in said and text in said for name, text in NAMES.items())


def test_made_accounts_are_as_they_should_be_and_all_but_the_last_are_filed(tmp_path: Path) -> None:
    accounts = made_accounts(NOW.date())
    assert [problem for one in accounts.filings for problem in problems(one, NOW.date())] == []
    branch, access = set_up(tmp_path / "new", accounts, lambda: NOW, none())
    keys = ListKeys(
        access["bank"], access["cipher"], bytes.fromhex(access["secret"]), bytes.fromhex(access["platform"])
    )
    rows = read_list(branch.lists[0].data, keys, last_serial=0).records
    assert [row["filing_id"] for row in rows] == [one.filing_id for one in accounts.filings]
    with visitors(branch) as some:
        clerk = some["accounts"]
        clerk.send("/login", {"username": "clerk", "password": access["users"]["clerk"]})
        assert all("备案成功" in text_of(file_account(clerk, one)) for one in accounts.filings[:-1])
        with pytest.raises(AssertionError, match="已销户"):
            file_account(clerk, accounts.filings[-1])


def test_a_folder_is_gone_on_with_and_its_next_list_is_newer(tmp_path: Path) -> None:
    accounts = read_accounts(json.dumps([to_record(BASIC) | {"opened_at": "09:30"}]))
    first, access = set_up(tmp_path, accounts, lambda: NOW, none())
    first.close()
    second, again = set_up(tmp_path, accounts, lambda: NOW.replace(hour=11), none())
    assert access == again
    assert len(second.records["operations"].all("pending")) == 1
    serials = [json.loads(branch.lists[0].data)["serial"] for branch in (first, second)]
    assert serials[0] < serials[1]
    second.close()


def test_basic_accounts_that_are_named_are_known_unless_the_file_says_otherwise() -> None:
    row = to_record(GENERAL)
    known = (GENERAL.certificate_number, GENERAL.basic_account_number)
    assert read_accounts(json.dumps([row])).known == ((*known, "open"),)
    said = {"filings": [row], "known": [[*known, "dormant"]], "banks": {GENERAL.bank_code: GENERAL.bank_name}}
    assert read_accounts(json.dumps(said)).known == ((*known, "dormant"),)


@pytest.mark.parametrize(
    "text", ["", "1", "{}", '[{"filing_id": 1}]', '{"filings": [], "known": [[1]]}', '{"filings": 3}']
)
def test_a_file_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(RpaError):
        read_accounts(text)


@pytest.mark.parametrize(
    "settings",
    [
        [],
        {"accounts": 1},
        {"bank": {}},
        {"all": {"error_500": "often"}},
        {"all": {"error_500": True}},
        {"all": {"error_500": 2}},
        {"all": {"error_418": 0.1}},
        {"accounts": {"latency": -1}},
    ],
)
def test_switches_that_are_none_are_refused_whole(settings: object) -> None:
    faults = none()
    with pytest.raises(RpaError):
        switch(faults, settings)
    assert all(not one.rates for one in faults.values())


def test_a_rate_for_all_is_set_where_a_switch_does_something() -> None:
    faults = none()
    switch(faults, {"all": {"disk_full": 0.5, "error_500": 0.25}, "images": {"error_500": 0, "latency": 2}})
    assert faults["images"].rates == {"disk_full": 0.5, "error_500": 0.0}
    assert faults["accounts"].rates == {"error_500": 0.25}
    assert [faults[name].latency for name in SYSTEMS] == [0.0, 0.0, 2.0]
    switch(faults, {})
    assert not faults["images"].is_on("disk_full")
    assert faults["images"].latency == 0.0
