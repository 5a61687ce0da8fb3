"""The image platform: files by what they hold, each legal entity's apart, and wrong ones refused whole."""

import hashlib
from pathlib import Path

import pytest
from filing_sample import BASIC, GENERAL
from visiting import clerk_at, papers_of, reasons, text_of, upload

from rpa.systems.documents import documents
from rpa.systems.images import stored_path
from rpa.systems.truth import right_pages, truth_of

PNG = next(iter(documents(BASIC.account_number, 400).values()))
SET = f"/sets/{BASIC.entity}/{BASIC.filing_id}"


def sent(name: str, data: bytes) -> list[tuple[str, tuple[str, bytes]]]:
    return [("files", (name, data))]


def test_what_was_sent_is_shown_with_its_hash_and_comes_back(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "images") as (clerk, branch):
        page = upload(clerk)
        for name, digest in right_pages(BASIC.account_number, 400).items():
            assert digest in text_of(page)
            answer = clerk.get(f"/files/{BASIC.entity}/{digest}")
            assert answer.content == documents(BASIC.account_number, 400)[name]
            assert answer.headers["x-content-type-options"] == "nosniff"
        assert truth_of(branch).stored == {(BASIC.entity, BASIC.filing_id): right_pages(BASIC.account_number, 400)}


def test_a_file_that_is_sent_again_takes_the_place_of_the_first(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "images") as (clerk, branch):
        upload(clerk, files=sent("开户申请书.png", PNG + b"damaged"))
        upload(clerk)
        upload(clerk)
        assert truth_of(branch).stored == {(BASIC.entity, BASIC.filing_id): right_pages(BASIC.account_number, 400)}


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.png", b"MZ\x90\x00 a program", "不是PNG、JPG或PDF影像"),
        ("a.png", b"", "为空"),
        ("a.png", b"\xff\xd8\xff\xe0 a photograph", "内容是JPG，与扩展名不符"),
        ("a.exe", PNG, "与扩展名不符"),
        ("png", PNG, "与扩展名不符"),
        ("a.pdf.html", b"%PDF-1.4", "与扩展名不符"),
        ("长" * 130 + ".png", PNG, "文件名格式错误"),
    ],
)
def test_a_wrong_file_is_refused_by_what_it_holds_and_nothing_of_the_upload_is_kept(
    tmp_path: Path, name: str, data: bytes, said: str
) -> None:
    with clerk_at(tmp_path, "images") as (clerk, branch):
        answer = upload(clerk, files=[*papers_of(BASIC), ("files", (name, data))])
        assert answer.status_code == 422
        assert [said in one for one in reasons(answer)] == [True]
        assert truth_of(branch).stored == {}
        assert not branch.image_folder.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"entity": ""}, "请填写法人机构和流水号"),
        ({"filing_id": ""}, "请填写法人机构和流水号"),
        ({"entity": "a/b"}, "法人机构名称格式错误"),
        ({"filing_id": "../L1"}, "流水号应为1至40位字母或数字"),
    ],
)
def test_an_upload_says_whose_it_is(tmp_path: Path, changes: dict[str, str], said: str) -> None:
    with clerk_at(tmp_path, "images") as (clerk, _):
        assert reasons(upload(clerk, data=changes)) == [said]
        assert reasons(clerk.ask("POST", "/upload", data={"entity": "a", "filing_id": "b"})) == [
            "请选择要上传的影像文件"
        ]


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "images") as (clerk, _):
        assert reasons(upload(clerk, files=sent("a.png", PNG) * 2)) == ["文件名a.png重复"]


def test_a_name_with_a_path_is_only_a_name(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "images") as (clerk, branch):
        upload(clerk, files=sent("../../etc/a.png", PNG) + sent("C:\\temp\\b.png", PNG))
        assert set(truth_of(branch).stored[BASIC.entity, BASIC.filing_id]) == {"a.png", "b.png"}
        stored = [
            path for path in tmp_path.rglob("*") if path.is_file() and path.suffix not in (".db", ".db-wal", ".db-shm")
        ]
        assert stored == [stored_path(branch.image_folder, BASIC.entity, hashlib.sha256(PNG).hexdigest())]


def test_legal_entities_are_apart(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "images") as (clerk, branch):
        upload(clerk)
        digest = hashlib.sha256(PNG).hexdigest()
        guest = clerk.another().log_in("guest")
        assert guest.get(SET).status_code == guest.get(SET + "/print").status_code == 404
        assert guest.get(f"/files/{BASIC.entity}/{digest}").status_code == 404
        assert guest.get(f"/files/天水银行/{digest}").status_code == 404  # another entity's content, though known
        assert BASIC.filing_id not in text_of(guest.get("/"))
        assert reasons(upload(guest)) == [f"您没有{BASIC.entity}的影像权限"]
        assert 'value="天水银行"' in text_of(guest.get("/upload"))
        upload(guest, data={"entity": "天水银行"})
        entities = [stored_path(branch.image_folder, entity, digest) for entity in (BASIC.entity, "天水银行")]
        assert all(path.is_file() for path in entities)
        assert entities[0].parents[1] != entities[1].parents[1]


def test_a_set_can_be_printed_with_its_pages(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "images") as (clerk, _):
        upload(clerk, GENERAL)
        page = text_of(clerk.get(f"/sets/{GENERAL.entity}/{GENERAL.filing_id}/print"))
        assert page.count("<img src=") == 2
        assert page.count("<object data=") == 1
        assert "print()" in page


def test_a_file_that_was_lost_is_said_so(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "images") as (clerk, branch):
        upload(clerk)
        digest = hashlib.sha256(PNG).hexdigest()
        stored_path(branch.image_folder, BASIC.entity, digest).unlink()
        assert clerk.get(f"/files/{BASIC.entity}/{digest}").status_code == 404
        assert clerk.get(f"/files/{BASIC.entity}/..%2F..%2Fimages.db").status_code == 404


def test_a_disk_that_fails_keeps_nothing_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with clerk_at(tmp_path, "images") as (clerk, branch):

        def fails(path: Path, data: bytes) -> int:
            with path.open("wb") as file:
                file.write(data[:10])
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "write_bytes", fails)
        answer = upload(clerk)
        assert answer.status_code == 507
        assert reasons(answer) == ["存储空间不足，影像未保存"]
        assert truth_of(branch).stored == {}
        assert not [path for path in branch.image_folder.rglob("*") if path.is_file()]
