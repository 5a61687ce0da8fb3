"""An account's story: what is kept, and that whatever is done to it is found; traces; one look at a masked page."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rpa.errors import EvidenceError
from rpa.evidence import (
    MARKING_SCRIPT,
    MASKED_SELECTORS,
    MASKING_STYLE,
    Evidence,
    Masking,
    check,
    check_all,
    lines,
    masked_trace,
    read_index,
)

AT = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"picture"


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    made = Evidence(tmp_path / "evidence", Masking(["hunter22"]))
    for name in ("L1", "L2"):
        story = made.story(name)
        story.screenshot("before", PNG, at=AT)
        story.values("check page", {"phone": "0931-8880001"}, {"phone": "0931-8880001"}, at=AT)
        story.screenshot("after", PNG + b"2", at=AT)
        story.receipt({"receipt": "R1", "查询密码": "482913"}, at=AT)
        story.close(at=AT)
    return made


def test_a_story_is_kept_whole_and_in_order(evidence: Evidence) -> None:
    folder = evidence.folder / "L1"
    assert [file.kind for file in read_index(folder)] == [
        "screenshot before",
        "values check page",
        "screenshot after",
        "receipt",
    ]
    assert (folder / "001-screenshot-before.png").read_bytes() == PNG
    assert json.loads((folder / "004-receipt.json").read_text(encoding="utf-8")) == {"receipt": "R1", "查询密码": "***"}
    assert check(folder) == []
    assert check_all(evidence.folder) == []


def test_values_are_held_against_each_other_as_they_are_and_kept_masked(evidence: Evidence) -> None:
    story = evidence.story("L3")
    sent = {"account_number": "3018210000000105", "name": "甲", "only": "x", "memo": "hunter22"}
    shown = {"account_number": "9999990000000105", "name": "甲", "more": "y", "memo": "hunter22"}
    assert story.values("check", sent, shown, at=AT) == ["account_number", "only", "more"]
    rows = json.loads((story.folder / "001-values-check.json").read_text(encoding="utf-8"))["values"]
    assert rows[0] == {"field": "account_number", "sent": "*" * 12 + "0105", "shown": "*" * 12 + "0105", "same": False}
    assert [row["same"] for row in rows] == [False, True, False, True, False]
    assert "hunter" not in str(rows)


def test_whoever_knows_how_a_system_writes_values_says_which_differ(evidence: Evidence) -> None:
    sent, shown = {"capital_fen": "10000", "industry": "C"}, {"capital_fen": "100.00", "industry": "D 电力"}
    assert evidence.story("L3").values("check", sent, shown, at=AT, differing=("industry",)) == ["industry"]
    assert evidence.story("L3").values("check", sent, shown, at=AT, differing=()) == []
    assert evidence.story("L3").values("check", sent, shown, at=AT) == ["capital_fen", "industry"]


def test_a_second_run_adds_and_overwrites_nothing(evidence: Evidence) -> None:
    story = evidence.story("L1")
    assert story.screenshot("before", PNG + b"again", at=AT).name == "005-screenshot-before.png"
    story.close(at=AT)
    assert check(evidence.folder / "L1") == []
    assert len(read_index(evidence.folder / "L1")) == 5


def test_what_a_killed_run_left_is_taken_into_the_next_index(evidence: Evidence) -> None:
    evidence.story("L4").screenshot("before", PNG, at=AT)
    folder = evidence.folder / "L4"
    assert "still at work" in check(folder)[0].reason
    (folder / "x.png.1.part").write_bytes(b"half")
    story = evidence.story("L4")
    assert story.screenshot("before", PNG, at=AT).name == "002-screenshot-before.png"
    story.close(at=AT)
    assert [file.kind for file in read_index(folder)] == ["left over", "screenshot before"]
    assert check(folder) == []


def _index(folder: Path, old: str, new: str) -> None:
    path = folder / "index.json"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def _linked(path: Path) -> None:
    path.rename(path.parent.parent / "elsewhere.png")
    path.symlink_to(path.parent.parent / "elsewhere.png")


DONE: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "a picture changed": (lambda f: (f / "001-screenshot-before.png").write_bytes(PNG + b"!"), "001-s", "was changed"),
    "a picture gone": (lambda f: (f / "003-screenshot-after.png").unlink(), "003-s", "is missing"),
    "a link instead of a picture": (lambda f: _linked(f / "003-screenshot-after.png"), "003-s", "is missing"),
    "a file put in": (lambda f: (f / "009-more.png").write_bytes(PNG), "009-more.png", "not in the index"),
    "the index changed": (lambda f: _index(f, "receipt", "Receipt"), "index.json", "not the one that the audit log"),
    "the index gone": (lambda f: (f / "index.json").unlink(), "index.json", "is missing"),
    "the index torn": (lambda f: _index(f, "}", ""), "index.json", "cannot be read"),
    "the index points outside": (lambda f: _index(f, "001-", "../001-"), "index.json", "no file of its folder"),
    "the folder gone": (shutil.rmtree, "", ""),
}


@pytest.mark.parametrize("name", DONE)
def test_whatever_is_done_to_a_story_is_found(evidence: Evidence, name: str) -> None:
    do, file, words = DONE[name]
    do(evidence.folder / "L1")
    flaws = check(evidence.folder / "L1")
    assert flaws
    assert flaws[0].file.startswith(file)
    assert words in flaws[0].reason
    assert {flaw.folder for flaw in check_all(evidence.folder)} == {"L1"}


def test_a_story_whose_log_was_changed_is_not_whole(evidence: Evidence) -> None:
    content = evidence.log.path.read_bytes()
    evidence.log.path.write_bytes(content.replace(b'"files":4', b'"files":5'))
    flaws = check(evidence.folder / "L1")
    assert [flaw.reason for flaw in flaws] == [
        "is not noted in the audit log",
        "line 1 of the audit log audit.jsonl was changed: its hash does not fit",
    ]


def test_hashes_of_files_are_kept_and_not_the_files(evidence: Evidence) -> None:
    story = evidence.story("L5")
    story.hashes("images", {"licence.pdf": b"%PDF"}, at=AT)
    rows = json.loads((story.folder / "001-hashes-images.json").read_text(encoding="utf-8"))["files"]
    assert rows[0]["name"] == "licence.pdf"
    assert len(rows[0]["sha256"]) == 64


@pytest.mark.parametrize("name", ["", "..", "a/b", "../x", "a.b", "-x", "x" * 65, "a\0"])
def test_a_number_that_is_no_folder_of_ours_is_refused(evidence: Evidence, name: str) -> None:
    with pytest.raises(EvidenceError, match="cannot be a folder of evidence"):
        evidence.story(name)


def test_what_is_no_picture_is_refused(evidence: Evidence) -> None:
    with pytest.raises(EvidenceError, match="neither PNG nor JPEG"):
        evidence.story("L1").screenshot("before", b"<svg>", at=AT)


def test_the_log_notes_each_story(evidence: Evidence) -> None:
    assert [(line.account, line.detail["files"]) for line in lines(evidence.log.path)] == [("L1", 4), ("L2", 4)]


def test_a_trace_is_masked_and_its_pictures_are_left_out() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("0-trace.trace", '{"type":"action","params":{"value":"hunter22"}}\nno json: hunter%322\n')
        file.writestr("0-trace.network", json.dumps({"postData": "user=clerk&password=x1y2"}))
        file.writestr("resources/a.html", "密码：482913".encode("gbk"))
        file.writestr("resources/b.jpeg", b"\xff\xd8\xff")
    with zipfile.ZipFile(io.BytesIO(masked_trace(made.getvalue(), Masking(["hunter22"])))) as kept:
        texts = {name: kept.read(name).decode() for name in kept.namelist()}
    assert set(texts) == {"0-trace.trace", "0-trace.network", "resources/a.html"}
    assert json.loads(texts["0-trace.trace"].splitlines()[0]) == {"type": "action", "params": {"value": "***"}}
    assert texts["resources/a.html"] == "密码：***"
    assert not any(secret in text for text in texts.values() for secret in ("hunter", "x1y2", "482913"))
    with pytest.raises(EvidenceError, match="no zip"):
        masked_trace(b"none", Masking())


PAGE = """<meta charset=utf-8><style>body {margin: 0; font: 16px sans-serif}</style>
<form><label>用户 <input name=user value=clerk></label><label>口令 <input type=password value=SECRET></label>
<label for=q>查询密码</label><input id=q name=q value=SECRET></form>
<table><tr><th>账号</th><td>PLAIN</td></tr><tr><th>查询密码</th><td><b>SECRET</b></td></tr></table>"""


def test_a_picture_of_a_masked_page_does_not_depend_on_its_secrets(browser: Any) -> None:
    page = browser.new_page(viewport={"width": 500, "height": 300})

    def picture(secret: str, plain: str) -> bytes:
        page.set_content(PAGE.replace("SECRET", secret).replace("PLAIN", plain))
        page.evaluate(MARKING_SCRIPT)
        return bytes(page.screenshot(style=MASKING_STYLE))

    first = picture("482913", "0105")
    assert first == picture("719305", "0105")
    assert first != picture("482913", "0106")
    assert all(page.locator(one).count() >= 0 for one in MASKED_SELECTORS)
    page.close()
