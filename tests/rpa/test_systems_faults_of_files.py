"""Switches about files: uploads, downloads and lists that are not what they should be."""

import hashlib
import re
from pathlib import Path

from filing_sample import BASIC
from visiting import (
    cells,
    clerk_at,
    reasons,
    text_of,
    upload,
)

from rpa.systems import Faults
from rpa.systems.operations import ListFile
from rpa.systems.truth import right_pages, truth_of

ACCOUNT = f"/accounts/{BASIC.filing_id}"


def plan(name: str, *occasions: int, **knobs: float) -> Faults:
    return Faults(plan={name: occasions or (1,)}, **knobs)


def test_the_last_file_of_an_upload_is_not_stored(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "images", plan("partial_upload")) as (clerk, branch):
        assert "<td>2</td>" in text_of(upload(clerk))
        upload(clerk)
        assert truth_of(branch).stored == {(BASIC.entity, BASIC.filing_id): right_pages(BASIC.account_number, 400)}


def test_a_stored_file_is_not_what_was_sent_and_its_hash_shows_it(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "images", plan("wrong_checksum", 2)) as (clerk, branch):
        upload(clerk)
        stored, right = truth_of(branch).stored[BASIC.entity, BASIC.filing_id], right_pages(BASIC.account_number, 400)
        wrong = [name for name in right if stored[name] != right[name]]
        assert wrong == ["营业执照.png"]
        data = clerk.get(f"/files/{BASIC.entity}/{stored[wrong[0]]}").content
        assert hashlib.sha256(data).hexdigest() == stored[wrong[0]]


def test_a_full_disk_stores_nothing(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "images", plan("disk_full")) as (clerk, branch):
        answer = upload(clerk)
        assert answer.status_code == 507
        assert reasons(answer) == ["存储空间不足，影像未保存"]
        assert truth_of(branch).stored == {}
        assert upload(clerk).status_code == 200


def test_a_download_ends_early_and_says_that_it_is_whole(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "operations", plan("download_truncated", 1, 3)) as (clerk, branch):
        branch.lists.append(ListFile("a.json", "2026-07-01", b"0123456789"))
        cut, whole = (clerk.get(ACCOUNT + "/papers.zip") for _ in range(2))
        assert whole.content.startswith(cut.content)
        assert int(cut.headers["content-length"]) == len(whole.content) // 2
        assert hashlib.sha256(whole.content).hexdigest() == cells(clerk.get(ACCOUNT))["影像SHA-256"]
        assert clerk.get("/lists/a.json").content == b"01234"


def lists_on(page: str) -> list[tuple[str, str]]:
    return re.findall(r"<tr><td>([^<]*)</td><td>([^<]*)</td>", page)


def test_the_first_list_comes_again_under_another_name(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "operations", plan("list_twice", 2)) as (clerk, branch):
        branch.lists += [ListFile("a.json", "2026-06-30", b"old"), ListFile("b.json", "2026-07-01", b"new")]
        usual, twice = (lists_on(text_of(clerk.get("/lists"))) for _ in range(2))
        assert usual == [("a.json", "2026-06-30"), ("b.json", "2026-07-01")]
        assert twice == [*usual, ("again-a.json", "2026-07-01")]
        assert clerk.get("/lists/again-a.json").content == b"old"


def test_the_newest_list_is_late(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "operations", plan("list_late")) as (clerk, branch):
        branch.lists.append(ListFile("a.json", "2026-07-01", b"new"))
        assert "暂无清单" in text_of(clerk.get("/lists"))
        assert lists_on(text_of(clerk.get("/lists"))) == [("a.json", "2026-07-01")]
