"""The audit log: its chain, several writers, and what a crash or a full disk leaves."""

import hashlib
import json
import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rpa.errors import EvidenceError
from rpa.evidence import AuditLog, Masking, head, lines, verify
from rpa.evidence.audit_log import START

AT = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    made = AuditLog(tmp_path / "audit.jsonl", Masking(["hunter22"]))
    for place in range(5):
        made.append(f"L{place}", "filed", {"place": place, "said": "已备案\u2028\x85"}, at=AT)
    return made


def test_a_log_is_read_as_it_was_written(log: AuditLog) -> None:
    written = list(lines(log.path))
    assert [(line.number, line.account, line.detail["place"]) for line in written] == [
        (place + 1, f"L{place}", place) for place in range(5)
    ]
    assert written[0].previous == START
    assert [line.previous for line in written[1:]] == [line.hash for line in written[:-1]]
    assert verify(log.path) is None
    assert verify(log.path, head(log.path)) is None


def changed(old: bytes, new: bytes) -> Callable[[list[bytes]], list[bytes]]:
    return lambda kept: [*kept[:2], kept[2].replace(old, new), *kept[3:]]


def rehashed(kept: list[bytes]) -> list[bytes]:
    line = json.loads(kept[2])
    del line["hash"]
    line["account"] = "L9"
    plain = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    line["hash"] = hashlib.sha256(plain).hexdigest()
    whole = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return [*kept[:2], whole + b"\n", *kept[3:]]


DONE: dict[str, tuple[Callable[[list[bytes]], list[bytes]], int, str]] = {
    "a detail changed": (changed(b'"place":2', b'"place":7'), 3, "hash does not fit"),
    "an account changed": (changed(b'"L2"', b'"L3"'), 3, "hash does not fit"),
    "a time changed": (changed(b"T08:00", b"T07:00"), 3, "hash does not fit"),
    "a space put in": (changed(b'"place":2', b'"place": 2'), 3, "as the log writes it"),
    "a field put in": (changed(b'"number":3', b'"number":3,"x":1'), 3, "no line of an audit log"),
    "a field twice": (changed(b'"account":', b'"account":"L9","account":'), 3, "as the log writes it"),
    "changed with its own hash": (rehashed, 4, "does not follow"),
    "a line taken out": (lambda kept: kept[:2] + kept[3:], 3, "number 4"),
    "a line twice": (lambda kept: [*kept[:3], *kept[2:]], 4, "number 3"),
    "two lines changed about": (lambda kept: [*kept[:1], kept[2], kept[1], *kept[3:]], 2, "number 3"),
    "the first line taken out": (lambda kept: kept[1:], 1, "number 2"),
    "an empty line": (lambda kept: [*kept[:2], b"\n", *kept[2:]], 3, "no line"),
    "the end cut off": (lambda kept: [*kept[:4], kept[4][:-20]], 5, "cut off"),
    "the last newline cut off": (lambda kept: [*kept[:4], kept[4][:-1]], 5, "cut off"),
    "zeros at the end, as a disk leaves them": (lambda kept: [*kept, b"\0" * 40], 6, "cut off"),
}


@pytest.mark.parametrize("name", DONE)
def test_whatever_is_done_to_a_log_is_found_at_its_line(log: AuditLog, name: str) -> None:
    do, place, words = DONE[name]
    log.path.write_bytes(b"".join(do(log.path.read_bytes().splitlines(keepends=True))))
    broken = verify(log.path)
    assert broken is not None
    assert broken.line == place
    assert words in broken.reason
    with pytest.raises(EvidenceError, match=f"line {place} of the audit log"):
        list(lines(log.path))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_any_bit_that_flips_is_found(log: AuditLog, place: int, bit: int) -> None:
    content = bytearray(log.path.read_bytes())
    place %= len(content)
    content[place] ^= 1 << bit
    other = log.path.with_name("other.jsonl")
    other.write_bytes(content)
    assert verify(other) is not None


def test_lines_cut_off_at_the_end_are_found_by_a_head_kept_elsewhere(log: AuditLog) -> None:
    kept = head(log.path)
    content = log.path.read_bytes().splitlines(keepends=True)
    log.path.write_bytes(b"".join(content[:3]))
    assert verify(log.path) is None
    broken = verify(log.path, kept)
    assert broken is not None
    assert (broken.line, broken.reason) == (4, "is missing: the log had 5 lines, 3 are left")
    for place in range(3):
        log.append(f"other {place}", "filed", at=AT)
    rewritten = verify(log.path, kept)
    assert rewritten is not None
    assert rewritten.line == 5


def test_half_a_line_after_a_crash_is_taken_off_and_said(log: AuditLog) -> None:
    with log.path.open("ab") as file:
        file.write(b'{"account":"L5","at":"20')
    torn = verify(log.path)
    assert torn is not None
    assert "cut off after 24 bytes" in torn.reason
    log.append("L5", "filed", at=AT)
    assert verify(log.path) is None
    *_, said, last = lines(log.path)
    assert (said.what, said.detail["bytes"]) == ("half a line was taken off", 24)
    assert (last.number, last.account) == (7, "L5")


def test_half_a_line_in_a_new_log_is_taken_off_too(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_bytes(b'{"acc')
    AuditLog(path).append("L1", "filed", at=AT)
    assert [line.number for line in lines(path)] == [1, 2]


def test_nothing_is_written_behind_a_line_that_was_changed(log: AuditLog) -> None:
    content = log.path.read_bytes()
    log.path.write_bytes(content.replace(b'"place":4', b'"place":9'))
    with pytest.raises(EvidenceError, match="nothing is written behind it"):
        log.append("L5", "filed", at=AT)


def test_a_line_longer_than_what_is_read_at_once_is_found_again(log: AuditLog) -> None:
    log.append("L5", "said", {"text": "x" * 200_000}, at=AT)
    log.append("L6", "filed", at=AT)
    assert verify(log.path) is None
    assert head(log.path).number == 7


def test_several_processes_write_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    code = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path; from rpa.evidence import AuditLog\n"
        "log = AuditLog(Path(sys.argv[1]))\n"
        "for n in range(25): log.append(sys.argv[2], 'filed', {'n': n}, at=datetime.now(UTC))"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(path), name]) for name in ("bot-1", "bot-2", "bot-3")]
    assert [one.wait(timeout=120) for one in running] == [0, 0, 0]
    assert verify(path) is None
    for name in ("bot-1", "bot-2", "bot-3"):
        assert [line.detail["n"] for line in lines(path) if line.account == name] == list(range(25))


def test_a_full_disk_leaves_no_half_line(log: AuditLog) -> None:
    size = log.path.stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, hard))
    try:
        with pytest.raises(EvidenceError, match="cannot be written"):
            log.append("L5", "filed", {"text": "x" * 500}, at=AT)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert log.path.stat().st_size == size
    log.append("L5", "filed", at=AT)
    assert verify(log.path) is None


def test_secrets_do_not_reach_the_disk_by_the_log(log: AuditLog) -> None:
    log.append("hunter22", "hunter%322", {"hunter22": ["hunt", "er22"], "error": ValueError("hunter22")}, at=AT)
    content = log.path.read_text(encoding="utf-8")
    assert "hunter" not in content
    assert verify(log.path) is None


def test_what_is_no_json_is_written_as_text_and_the_chain_holds(log: AuditLog) -> None:
    log.append("L5", "odd", {"a": float("nan"), "b": {3, 1}, "c": b"xyz", "d": AT, "e": "\ud800", "f": 10**30}, at=AT)
    assert verify(log.path) is None
    assert next(line for line in lines(log.path) if line.what == "odd").detail == {
        **{"a": "nan", "b": [1, 3], "c": "3 bytes", "d": "2026-07-01 08:00:00+00:00", "e": "?"},
        "f": "*" * 27 + "0000",
    }


def test_a_log_that_cannot_be_opened_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="cannot be opened: Is a directory"):
        AuditLog(tmp_path).append("L1", "filed", at=AT)
    with pytest.raises(EvidenceError, match="cannot be read: No such file"):
        verify(tmp_path / "none.jsonl")
    with pytest.raises(EvidenceError, match="no time zone"):
        AuditLog(tmp_path / "a.jsonl").append("L1", "filed", at=AT.replace(tzinfo=None))


def test_only_we_may_read_the_log(log: AuditLog) -> None:
    assert log.path.stat().st_mode & 0o777 == 0o600
