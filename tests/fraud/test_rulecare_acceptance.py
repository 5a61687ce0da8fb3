"""A proposed rule comes into a book by a person's word, whole or not at all."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from fraud.errors import ProposalRefusedError
from fraud.rulecare import Evidence, Proposal, accept
from fraud.rulecare.acceptance import log_of
from fraud.rules import check_examples, load

WHEN = datetime(2026, 3, 1, 9, 30)
BOOK = """# our rules; this comment stays
id = "ours"
version = 7  # raised with each change
title = "Ours"
title_zh = "本行"

[[rule]]
id = "night_cash"
title = "Cash at night"
title_zh = "夜间取现"
when = 'channel == "atm" and hour < 5'
action = "step_up"
severity = 2
reason = "cash at {hour}"
reason_zh = "{hour} 点取现"
tags = ["cash"]
owner = "cards"
hits = [{ channel = "atm", hour = 3 }]
misses = [{ channel = "atm", hour = 9 }]
"""
SEEN = Evidence(1_000, 20, 10, 30, 8, 0.5, 0.2, 0.8, 0.98, 90_000, 40_000)
PROPOSAL = Proposal(
    **{
        "id": "mined_1",
        "when": "amount_fen <= 300 yuan\nand terminal_count_7d >= 4",
        "title": "Small",
        "title_zh": "小额",
    },
    **{
        "action": "step_up",
        "severity": 3,
        "reason": '{amount_fen} "again"',
        "reason_zh": "{amount_fen}",
        "tags": ("mined",),
    },
    **{"owner": "rule care", "hits": ({"amount_fen": 5_000, "terminal_count_7d": 6},)},
    **{"misses": ({"amount_fen": 5_000, "terminal_count_7d": 3},), "learnt": SEEN, "held_out": SEEN},
    **{"break_even": 0.01, "looked_at": 12_345, "tested": 5, "rulebook": "ours 7"},
)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "ours.toml"
    path.write_text(BOOK, encoding="utf-8")
    return path


def test_an_accepted_rule_stands_in_the_book_with_who_and_why(book: Path) -> None:
    changed = accept(PROPOSAL, book, "Chen", "the shops were visited", WHEN)
    assert changed == load(book)
    assert changed.version == 8
    assert changed.ids == ("night_cash", "mined_1")
    assert check_examples(changed) == []
    text = book.read_text(encoding="utf-8")
    assert text.startswith("# our rules; this comment stays")
    assert "version = 8  # raised with each change" in text
    assert "# Accepted by Chen on 2026-03-01 09:30: the shops were visited" in text
    assert "12,345" in text


def test_the_log_says_who_accepted_what_and_why(book: Path) -> None:
    accept(PROPOSAL, book, "Chen", "visited", WHEN)
    accept(
        replace(
            PROPOSAL,
            id="mined_2",
            when="amount_fen >= 9_000 yuan and terminal_count_7d >= 4",
            hits=({"amount_fen": 10**6, "terminal_count_7d": 6},),
        ),
        book,
        "Wu",
        "agreed",
        WHEN,
    )
    lines = [json.loads(line) for line in log_of(book).read_text(encoding="utf-8").splitlines()]
    assert [(line["rule"], line["who"], line["why"], line["to_version"]) for line in lines] == [
        ("mined_1", "Chen", "visited", 8),
        ("mined_2", "Wu", "agreed", 9),
    ]
    assert lines[0]["to_sha256"] == lines[1]["from_sha256"]


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"id": "night_cash"}, "already"),
        ({"when": "amount_fen <= 300 yuan and terminl_count_7d >= 4"}, "is no rule"),
        ({"hits": ({"amount_fen": 5_000, "terminal_count_7d": 1},)}, "does not hit"),
        ({"misses": ()}, "is no rule"),
        ({"action": "destroy"}, "is no rule"),
        (
            {
                "when": 'channel == "atm" and hour < 4',
                "hits": ({"channel": "atm", "hour": 1},),
                "reason": "r",
                "reason_zh": "r",
            },
            "'night_cash' in ours hits all",
        ),
    ],
)
def test_a_proposal_that_is_no_rule_or_nothing_new_changes_nothing(book: Path, changed: dict, what: str) -> None:
    with pytest.raises(ProposalRefusedError, match=what):
        accept(replace(PROPOSAL, **changed), book, "Chen", "why not", WHEN)
    assert book.read_text(encoding="utf-8") == BOOK
    assert not log_of(book).exists()


@pytest.mark.parametrize(("who", "why"), [("", "good"), ("Chen", "  ")])
def test_nobody_and_no_reason_are_refused(book: Path, who: str, why: str) -> None:
    with pytest.raises(ProposalRefusedError, match="is accepted by a person, for a reason"):
        accept(PROPOSAL, book, who, why, WHEN)
    assert book.read_text(encoding="utf-8") == BOOK


def test_a_reason_cannot_smuggle_lines_into_the_book(book: Path) -> None:
    changed = accept(PROPOSAL, book, "Chen", "fine\n[[rule]]\nid = 'x'", WHEN)
    assert changed.ids == ("night_cash", "mined_1")


def test_a_second_acceptance_is_refused(book: Path) -> None:
    accept(PROPOSAL, book, "Chen", "visited", WHEN)
    with pytest.raises(ProposalRefusedError, match="accepted before"):
        accept(PROPOSAL, book, "Chen", "visited", WHEN)


def test_whoever_writes_the_book_is_alone(book: Path) -> None:
    import fcntl

    with book.with_name(".ours.toml.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ProposalRefusedError, match="Somebody else is writing"):
            accept(PROPOSAL, book, "Chen", "visited", WHEN)
    assert book.read_text(encoding="utf-8") == BOOK


def test_a_book_that_cannot_be_replaced_stays_as_it_was(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("fraud.rulecare.acceptance.os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        accept(PROPOSAL, book, "Chen", "visited", WHEN)
    assert book.read_text(encoding="utf-8") == BOOK
    assert not list(book.parent.glob("*.part"))


def test_a_book_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProposalRefusedError, match="no rulebook"):
        accept(PROPOSAL, tmp_path / "none.toml", "Chen", "visited", WHEN)


def test_a_rule_is_accepted_into_a_folder_of_files_that_includes_others(book: Path) -> None:
    book.with_name("base.toml").write_text(BOOK.replace("ours", "base"), encoding="utf-8")
    folder = book.parent / "whole"
    folder.mkdir()
    head = 'id = "whole"\nversion = 3\ntitle = "W"\ntitle_zh = "全"\ninclude = ["../base.toml"]\n\n[lists]\nx = ["a"]\n'
    (folder / "0_book.toml").write_text(head, encoding="utf-8")
    (folder / "1_more.toml").write_text(
        "[[rule" + BOOK.split("[[rule")[1].replace("night_cash", "other"), encoding="utf-8"
    )
    changed = accept(PROPOSAL, folder, "Chen", "visited", WHEN)
    assert (changed.version, changed.ids) == (4, ("night_cash", "mined_1", "other"))
    assert load(folder) == changed
    assert sorted(one.name for one in folder.iterdir()) == ["0_book.toml", "1_more.toml"]
    assert not [one for one in book.parent.iterdir() if one.name.startswith(".whole.") and one.name.endswith(".part")]


def test_a_rule_is_accepted_into_a_file_that_includes_another(book: Path) -> None:
    mine = book.with_name("mine.toml")
    mine.write_text(
        'id = "mine"\nversion = 1\ntitle = "M"\ntitle_zh = "我"\ninclude = ["ours.toml"]\n', encoding="utf-8"
    )
    assert accept(PROPOSAL, mine, "Chen", "visited", WHEN).ids == ("night_cash", "mined_1")
