"""Every byte of a stored ledger is flipped, one at a time: each change is found, and it is said where.

Everything with HEXI_FULL=1; else one byte in so many, another one in each part.
"""

import os
import shutil
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from flipping import FULL, Steps, around_blocks, flipped, places

from ledger.auditor import verify
from ledger.auditor.bundle import bundle_blocks
from ledger.auditor.bundling import write_bundle
from ledger.auditor.pages import page_blocks
from ledger.auditor.stored import file_blocks
from ledger.auditor.stored_block import StoredBlock
from ledger.container import MAGIC, PAGE
from ledger.errors import BlockError, DamagedStoreError, LedgerError, NoLedgerError
from ledger.seal import seal_path


@pytest.fixture(scope="session")
def steps(written: Path) -> Steps:
    return Steps(list(file_blocks(written)))


def test_the_ledger_is_long_enough_to_mean_something(written: Path) -> None:
    report = verify(written)
    assert report.holds
    assert (report.blocks, report.entries) == (76, 101)
    assert written.stat().st_size > 40 * PAGE


@pytest.mark.parametrize("part", ["header", "body", "checkpoint"])
def test_each_flipped_byte_of_a_block_is_found_in_that_block(steps: Steps, part: str) -> None:
    """In a transaction's bytes it is located to the transaction; in a header or a checkpoint to the block."""
    tried = 0
    for block in steps.blocks:
        data = getattr(block, part)
        for place in places(len(data), 41 if block.number else 997, 1 if block.number else 7):
            changed = block._replace(**{part: flipped(data, place)})
            found = steps.fault(block.number, changed)
            assert found is not None, (block.number, place)
            assert found.block == block.number
            if part == "body" and data[place] != 10 and block.number:
                assert found.entry is not None, (block.number, place)
            tried += 1
    assert tried > 300


def test_each_flipped_byte_of_a_file_without_a_seal_is_found(written: Path, steps: Steps, tmp_path: Path) -> None:
    """In a block, or in the bytes around the blocks; nothing in a closed file is without a meaning.

    Bytes of blocks were all flipped above, so that here one in so many will do.
    """
    data, path = written.read_bytes(), tmp_path / "flipped"
    around = around_blocks(data, steps.blocks)
    assert 0.2 < len(around) / len(data) < 0.6
    path.write_bytes(data)
    with path.open("r+b", buffering=0) as file:
        for place in [*places(len(data), 997, 37), *(around if FULL else around[::211])]:
            os.pwrite(file.fileno(), flipped(data, place)[place : place + 1], place)
            blocks: list[StoredBlock] = []
            said = ""
            try:
                blocks.extend(page_blocks(path))
            except (BlockError, DamagedStoreError) as error:
                said = str(error)
            os.pwrite(file.fileno(), data[place : place + 1], place)
            changed = steps.first_changed(blocks)
            if changed is not None:
                assert steps.fault(*changed) is not None, place
            elif len(blocks) < len(steps.blocks):
                assert "page " in said, place
            else:
                assert f"page {place // PAGE + 1} " in said or "nothing leads to it" in said, (place, said)


def test_each_flipped_byte_of_a_sealed_page_changes_its_digest(written: Path) -> None:
    """The seal names the page without reading a block."""
    data, sealed = written.read_bytes(), seal_path(written).read_text().split("\n")[1:-2]
    assert len(sealed) == len(data) // PAGE
    for place in places(len(data), 17):
        page = place // PAGE
        assert sha256(flipped(data[page * PAGE : page * PAGE + PAGE], place % PAGE)).hexdigest() != sealed[page]


def test_the_whole_audit_of_a_sealed_file_names_page_and_block(copy: Path, steps: Steps) -> None:
    data = copy.read_bytes()
    for place in [*range(0, 100, 9), *places(len(data), 40_009, 2003)]:
        copy.write_bytes(flipped(data, place))
        findings = verify(copy).findings
        assert findings[-1].rule == "DamagedStoreError", place
        assert f"page {place // PAGE} " in findings[-1].message, (place, findings)
    copy.write_bytes(flipped(data, data.index(steps.blocks[9].body) + 100))
    assert [one.block for one in verify(copy).findings] == [9, None]


def test_each_flipped_byte_of_a_seal_is_found(copy: Path) -> None:
    seal = seal_path(copy)
    data = seal.read_bytes()
    for place in places(len(data), 499, 29):
        seal.write_bytes(flipped(data, place))
        found = verify(copy).findings
        assert len(found) == 1, place
        assert "seal" in found[0].message, place


def test_a_file_whose_first_bytes_are_not_sqlites_was_a_ledger_only_if_it_has_a_seal(copy: Path) -> None:
    data = copy.read_bytes()
    for place in range(len(MAGIC)):
        copy.write_bytes(flipped(data, place))
        assert [one.block for one in verify(copy).findings] == [None, None]
    seal_path(copy).unlink()
    with pytest.raises(NoLedgerError, match="not an SQLite file"):
        verify(copy)


def test_each_flipped_byte_of_a_bundle_is_found(written: Path, steps: Steps, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    write_bundle(written, bundle)
    assert verify(bundle) == verify(written)
    for path in sorted(one for one in bundle.rglob("*") if one.is_file()):
        data = path.read_bytes()
        for place in places(len(data), max(len(data) // 25, 1), 1 if len(data) < 5000 else 29):
            path.write_bytes(flipped(data, place))
            blocks = []
            try:
                blocks.extend(bundle_blocks(bundle))
                said = False
            except LedgerError:
                said = True
            changed = steps.first_changed(blocks)
            assert said or (changed is not None and steps.fault(*changed) is not None), (path.name, place)
        path.write_bytes(data)


def test_the_whole_audit_of_a_bundle_finds_flipped_bytes_too(written: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    write_bundle(written, bundle)
    for path in sorted(one for one in bundle.rglob("*") if one.is_file()):
        data = path.read_bytes()
        for place in places(len(data), len(data) // 3, len(data) // 20):
            path.write_bytes(flipped(data, place))
            assert not verify(bundle).holds, (path.name, place)
        path.write_bytes(data)
    assert verify(bundle).holds


def test_a_file_cut_off_or_lengthened_is_found(copy: Path) -> None:
    data = copy.read_bytes()
    seal_path(copy).unlink()
    for size in [*range(16, 4096, 1009), *places(len(data), 9001, 2003)]:
        if size >= len(MAGIC):
            copy.write_bytes(data[:size])
            assert not verify(copy).holds, size
    for more in (b"\0", b"\0" * PAGE, data[-PAGE:], b"x" * 5000):
        copy.write_bytes(data + more)
        assert not verify(copy).holds, len(more)


def test_a_page_exchanged_for_another_is_found(copy: Path, tmp_path: Path) -> None:
    data = copy.read_bytes()
    seal_path(copy).unlink()
    for page in range(len(data) // PAGE):
        other = data[page * PAGE + PAGE : page * PAGE + 2 * PAGE] or data[PAGE : 2 * PAGE]
        copy.write_bytes(data[: page * PAGE] + other + data[page * PAGE + PAGE :])
        try:
            assert not verify(copy).holds, page
        except NoLedgerError:
            assert page == 0
    shutil.rmtree(tmp_path)


def changed_somehow(data: bytes, rng: np.random.Generator) -> bytes:
    """Cut off, lengthen, insert, leave out, overwrite, or empty."""
    place = int(rng.integers(0, len(data) + 1))
    some = rng.bytes(int(rng.integers(1, 40)))
    return (
        data[:place],
        data + some,
        data[:place] + some + data[place:],
        data[:place] + data[place + len(some) :],
        data[:place] + some + data[place + len(some) :],
        b"",
    )[int(rng.integers(0, 6))]


def test_whatever_else_is_done_to_a_file_is_found_and_never_a_surprise(written: Path, tmp_path: Path) -> None:
    """A finding, or an error of the ledger's own; no other exception comes out of whatever bytes."""
    bundle, path = tmp_path / "bundle", tmp_path / "receivables.ledger"
    write_bundle(written, bundle)
    shutil.copy(written, path)
    rng = np.random.default_rng(11)
    for _ in range(40 if FULL else 5):
        for one in (path, path, *sorted(each for each in bundle.rglob("*") if each.is_file())):
            data = one.read_bytes()
            spoilt = changed_somehow(data, rng)
            one.write_bytes(spoilt)
            try:
                assert spoilt == data or not verify(path if one == path else bundle).holds, one.name
            except NoLedgerError:
                assert spoilt[: len(MAGIC)] != MAGIC
            one.write_bytes(data)
