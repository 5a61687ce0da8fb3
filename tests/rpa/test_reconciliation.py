"""Reconciliation: whatever one of four systems lacks, has twice, or says otherwise is named, and nothing else is."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpa.reconciliation import Asked, Filed, Imaged, Reconciliation, WrittenBack, reconcile, table

Sets = dict[str, list[Any]]
BANK = "301821000019"


def sets(count: int = 4) -> Sets:
    """The last account is refused; all others are filed."""
    names = [f"L{place}" for place in range(count)]
    numbers = [f"30182100000000{place:02d}" for place in range(count)]
    hashes = [(f"{place:064x}", "f" * 64) for place in range(count)]
    facts = {"depositor_name": "甲公司"}
    filed = range(count - 1)
    return {
        "source": [Asked(*row, facts) for row in zip(names, [BANK] * count, numbers, hashes, strict=True)],
        "filed": [Filed(BANK, numbers[one], f"R{one}", f"J{one:013d}", facts) for one in filed],
        "images": [Imaged(names[one], hashes[one][::-1]) for one in filed],
        "written_back": [
            *(WrittenBack(names[one], True, f"R{one}", f"J{one:013d}") for one in filed),
            WrittenBack(names[-1], False, reason="该账户已销户"),
        ],
    }


def found(given: Sets, **more: Any) -> Reconciliation:
    return reconcile(**given, **more)


def shown(one: Reconciliation) -> list[tuple[str, str, str]]:
    return [(difference.filing_id, difference.system, difference.kind) for difference in one.differences]


@settings(deadline=None)
@given(st.permutations(range(7)), st.permutations(range(7)))
def test_four_systems_that_say_the_same_agree_in_whatever_order(first: list[int], second: list[int]) -> None:
    given = sets(8)
    given["filed"] = [given["filed"][place] for place in first]
    given["images"] = [given["images"][place] for place in second]
    one = found(given)
    assert one.is_clean
    assert one.agreed == tuple(f"L{place}" for place in range(7))
    assert one.refused == ("L7",)
    assert one.counts == {"source": 8, "filed": 7, "images": 7, "written back": 8}
    assert len(table(one).splitlines()) == 2


def put(name: str, place: int, **values: Any) -> Callable[[Sets], None]:
    def change(given: Sets) -> None:
        given[name][place] = given[name][place]._replace(**values)

    return change


DONE: dict[str, tuple[Callable[[Sets], object], list[tuple[str, str, str]]]] = {
    "not filed": (lambda g: g["filed"].pop(1), [("L1", "filed", "missing")]),
    "filed twice": (lambda g: g["filed"].append(g["filed"][1]._replace(receipt="R9")), [("L1", "filed", "double")]),
    "filed under another bank": (
        put("filed", 1, bank_code="1"),
        [("L1", "filed", "missing"), ("", "filed", "unknown")],
    ),
    "filed with another name": (put("filed", 1, facts={"depositor_name": "乙"}), [("L1", "filed", "different")]),
    "refused, but filed": (
        lambda g: g["filed"].append(Filed(BANK, "3018210000000003", "R3")),
        [("L3", "filed", "different")],
    ),
    "refused without a reason": (put("written_back", 3, reason=" "), [("L3", "written back", "missing")]),
    "filed, but not asked for": (lambda g: g["filed"].append(Filed(BANK, "9", "R9")), [("", "filed", "unknown")]),
    "no images": (lambda g: g["images"].pop(2), [("L2", "images", "missing")]),
    "images twice": (lambda g: g["images"].append(g["images"][2]), [("L2", "images", "double")]),
    "a page lost": (put("images", 2, hashes=("f" * 64,)), [("L2", "images", "missing")]),
    "a page twice": (
        put("images", 2, hashes=(f"{2:064x}", "f" * 64, "f" * 64)),
        [("L2", "images", "different")],
    ),
    "another's page": (
        put("images", 2, hashes=(f"{1:064x}", "f" * 64)),
        [("L2", "images", "missing"), ("L2", "images", "different")],
    ),
    "images of nobody": (lambda g: g["images"].append(Imaged("L9", ())), [("L9", "images", "unknown")]),
    "not written back": (lambda g: g["written_back"].pop(0), [("L0", "written back", "missing")]),
    "written back twice": (
        lambda g: g["written_back"].append(g["written_back"][0]),
        [("L0", "written back", "double")],
    ),
    "another receipt": (put("written_back", 0, receipt="R1"), [("L0", "written back", "different")]),
    "another basic number": (
        put("written_back", 0, basic_account_number=""),
        [("L0", "written back", "different")],
    ),
    "nobody's result": (
        lambda g: g["written_back"].append(WrittenBack("L9", False, reason="x")),
        [("L9", "written back", "unknown")],
    ),
    "a list that names one twice": (lambda g: g["source"].append(g["source"][0]), [("L0", "source", "double")]),
    "two filings of one account": (
        lambda g: g["source"].append(g["source"][0]._replace(filing_id="L8")),
        [
            *[("L0", "source", "double"), ("L8", "source", "double")],
            *[("L8", "images", "missing"), ("L8", "written back", "missing")],
        ],
    ),
    "nothing done at all": (
        lambda g: [g[name].clear() for name in ("filed", "images", "written_back")],
        [(f"L{one}", system, "missing") for one in range(4) for system in ("filed", "images", "written back")],
    ),
}


@pytest.mark.parametrize("name", DONE)
def test_what_is_wrong_is_named_and_nothing_else(name: str) -> None:
    do, expected = DONE[name]
    given = sets()
    do(given)
    one = found(given)
    assert shown(one) == expected
    assert not one.is_clean
    assert not {difference.filing_id for difference in one.differences} & {*one.agreed, *one.refused}
    lines = table(one).splitlines()[3:]
    assert len(lines) == len(expected)
    assert all(kind in line and system in line for line, (_, system, kind) in zip(lines, expected, strict=True))


def test_of_an_account_that_waits_for_a_person_nothing_needs_to_be_there_but_what_is_must_agree() -> None:
    given = sets()
    for name in ("filed", "images", "written_back"):
        given[name] = given[name][1:]
    assert found(given, waiting={"L0"}).is_clean
    assert found(given, waiting={"L0"}).waiting == ("L0",)
    given["images"].append(Imaged("L0", ("e" * 64,)))
    assert shown(found(given, waiting={"L0"})) == [("L0", "images", "missing"), ("L0", "images", "different")]


def test_a_table_lines_up_and_does_not_show_whole_account_numbers() -> None:
    given = sets()
    given["filed"].clear()
    lines = table(found(given)).splitlines()[2:]
    assert "3018210000000000" not in "".join(lines)
    assert len({line.split("  ")[0] for line in lines[1:]}) == 3
    starts = {sum(2 if ord(letter) > 0x2E7F else 1 for letter in line[: line.index("missing")]) for line in lines[1:]}
    assert len(starts) == 1


def test_nothing_agrees_with_nothing() -> None:
    assert reconcile([], [], [], []).is_clean
