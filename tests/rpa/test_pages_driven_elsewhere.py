"""Pages of the operations platform and of the image system, driven in a real browser against the running systems."""

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Chrome
from driving import NOW, Driven, at
from filing_sample import BASIC, GENERAL

from rpa.errors import (
    BusinessError,
    DownloadError,
    ReadBackError,
    UploadError,
)
from rpa.filing import to_record
from rpa.pages import arrive, images, operations
from rpa.systems import Faults


def test_pages_of_pending_accounts_are_turned_to_the_last(chrome: Chrome, tmp_path: Path) -> None:
    with at(chrome, tmp_path, "operations") as driven:
        more = [
            to_record(replace(BASIC, filing_id=f"M{number:03d}", account_number=f"62{number:014d}"))
            | {"opened_at": "2026-07-01 09:31"}
            for number in range(43)
        ]
        driven.branch.publish(more, NOW)
        page = operations.pending.read(driven.html(driven.base + operations.pending.PATH))
        seen = [one.filing_id for one in page.accounts]
        while page.page < page.last:
            page = operations.pending.read(chrome.run(operations.pending.submit(driven.tab)).html)
            seen += [one.filing_id for one in page.accounts]
        assert (page.total, len(seen), len(set(seen))) == (45, 45, 45)


def test_a_package_and_papers_are_downloaded_whole(chrome: Chrome, tmp_path: Path) -> None:
    with at(chrome, tmp_path, "operations") as driven:
        (package,) = operations.lists.read(driven.html(driven.base + operations.lists.PATH))
        path = chrome.run(operations.lists.submit(driven.tab, package))
        assert path.read_bytes() == driven.branch.lists[0].data
        item = operations.account.read(driven.html(operations.account.address(driven.base, BASIC.filing_id)))
        papers = chrome.run(operations.account.download(driven.tab, item))
        assert hashlib.sha256(papers.read_bytes()).hexdigest() == item.digest
        assert len(zipfile.ZipFile(papers).namelist()) == 3


def test_a_download_that_was_cut_off_is_noticed_and_not_kept(chrome: Chrome, tmp_path: Path) -> None:
    with at(chrome, tmp_path, "operations", Faults(plan={"download_truncated": (1, 2)})) as driven:
        (package,) = operations.lists.read(driven.html(driven.base + operations.lists.PATH))
        with pytest.raises(DownloadError, match="not 723a3fd8d98a7b2b"):
            chrome.run(operations.lists.submit(driven.tab, package))
        item = operations.account.read(driven.html(operations.account.address(driven.base, BASIC.filing_id)))
        with pytest.raises(DownloadError):
            chrome.run(operations.account.download(driven.tab, item))
        assert list(driven.tab.downloads.iterdir()) == []
        assert chrome.run(operations.account.download(driven.tab, item)).exists()


def test_results_are_written_back_and_read_back(chrome: Chrome, tmp_path: Path) -> None:
    outcomes = {
        BASIC.filing_id: operations.account.Outcome(True, "BA20260701000001", "J6201898273514"),
        GENERAL.filing_id: operations.account.Outcome(False, reason="该存款人基本存款账户已销户"),
    }
    with at(chrome, tmp_path, "operations") as driven:
        for filing_id, outcome in outcomes.items():
            driven.html(operations.account.address(driven.base, filing_id))
            answer = chrome.run(operations.account.submit(driven.tab, outcome))
            operations.account.check_written(answer.html, filing_id, outcome)
        other = replace(outcomes[BASIC.filing_id], receipt="BA20260701000002")
        html = driven.html(operations.account.address(driven.base, BASIC.filing_id))
        with pytest.raises(ReadBackError):
            operations.account.check_written(html, BASIC.filing_id, other)


def papers(folder: Path) -> images.upload.Papers:
    (folder / "营业执照.png").write_bytes(b"\x89PNG\r\n\x1a\n of nobody")
    (folder / "身份证.pdf").write_bytes(b"%PDF-1.4 of nobody")
    return images.upload.Papers(BASIC.entity, BASIC.filing_id, [folder / "营业执照.png", folder / "身份证.pdf"])


def upload(driven: Driven, item: images.upload.Papers) -> images.page_set.PageSet:
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in item.paths}
    driven.html(images.upload.address(driven.base, item.entity, item.filing_id))
    expected = [images.upload, images.page_set]
    page, answer = driven.chrome.run(
        arrive(driven.tab, driven.chrome.run(images.upload.submit(driven.tab, item)), expected)
    )
    if page is images.upload:
        images.upload.check(answer.html)
    return images.page_set.check(answer.html, item.entity, item.filing_id, digests)


def test_papers_are_uploaded_and_printed(chrome: Chrome, tmp_path: Path) -> None:
    with at(chrome, tmp_path, "images") as driven:
        stored = upload(driven, papers(tmp_path))
        assert [(page.name, page.kind) for page in stored.pages] == [("营业执照.png", "png"), ("身份证.pdf", "pdf")]
        printed = images.printed.read(chrome.run(images.page_set.submit(driven.tab)).html)
        assert printed.digests == tuple(page.digest for page in stored.pages)


@pytest.mark.parametrize("fault", ["partial_upload", "wrong_checksum"])
def test_papers_that_are_not_stored_as_sent_are_noticed_and_may_be_sent_again(
    chrome: Chrome, tmp_path: Path, fault: str
) -> None:
    with at(chrome, tmp_path, "images", Faults(plan={fault: (1,)})) as driven:
        with pytest.raises(UploadError):
            upload(driven, papers(tmp_path))
        assert len(upload(driven, papers(tmp_path)).pages) == 2


def test_a_program_that_is_called_a_picture_is_refused(chrome: Chrome, tmp_path: Path) -> None:
    with at(chrome, tmp_path, "images") as driven:
        item = papers(tmp_path)
        item.paths[0].write_bytes(b"MZ")
        with pytest.raises(BusinessError, match="营业执照"):
            upload(driven, item)
