"""The evidence that a run leaves: before and after, values, receipt and hashes, unbroken, and no secret in it."""

import json
import os
import zipfile
from pathlib import Path
from typing import Any

from rpa.bot import run_once
from rpa.browser import find_browser
from rpa.evidence import check_all, read_index
from rpa.systems import Faults
from tests.rpa.bot_world import KEYS, PASSWORDS, basic, world

FOUND = find_browser(os.environ)


def test_a_run_leaves_whole_evidence_of_each_account_and_no_secret(tmp_path: Path, chrome: Any) -> None:
    odd = basic(2, legal_representative="别人")
    with world(tmp_path, [basic(1), odd], registry=None) as made:
        made.registry[1]["legal_representative"] = "胡林"
        settings = made.settings(FOUND, pictures=True)
        chrome.run(run_once(settings, reconcile=False, browser=chrome.browser), seconds=90)
    folder = settings.evidence_folder
    assert check_all(folder) == []
    kinds = [file.kind for file in read_index(folder / "L00000001")]
    assert kinds == ["screenshot check page", "values check page", "screenshot result", "receipt", "hashes papers"]
    values = json.loads((folder / "L00000001" / "002-values-check-page.json").read_text(encoding="utf-8"))["values"]
    assert {"depositor_name", "capital_fen", "opened_on"} <= {one["field"] for one in values}
    log = (folder / "audit.jsonl").read_text(encoding="utf-8")
    assert odd.filing_id in log
    assert "contradict each other" in log
    secrets = [*PASSWORDS.values(), KEYS.secret.hex()]
    for path in [path for path in tmp_path.joinpath("bot").rglob("*") if path.is_file()]:
        content = path.read_bytes()
        assert not [secret for secret in secrets if secret.encode() in content], path
    assert not [path for path in (tmp_path / "bot" / "downloads").rglob("*") if path.is_file()]


def test_an_account_that_is_tried_again_leaves_a_masked_trace(tmp_path: Path, chrome: Any) -> None:
    failing = Faults(plan={"error_503": (1,)}, only={"error_503": "/filing/.*/details"})
    with world(tmp_path, [basic(1)], faults={"accounts": failing}) as made:
        settings = made.settings(FOUND, pictures=True)
        chrome.run(run_once(settings, reconcile=False, browser=chrome.browser), seconds=90)
    folder = settings.evidence_folder / "L00000001"
    traces = [file for file in read_index(folder) if file.kind == "trace"]
    assert len(traces) >= 1
    with zipfile.ZipFile(folder / traces[0].name) as trace:
        content = b"".join(trace.read(name) for name in trace.namelist())
    assert b"/filing/" in content
    assert not [password for password in PASSWORDS.values() if password.encode() in content]
    assert check_all(settings.evidence_folder) == []
