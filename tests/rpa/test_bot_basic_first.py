"""A firm that opens its basic and a general account on one day: the general one waits for the other's number."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from rpa.bot import run_once
from rpa.bot.basic_first import FIELD, is_awaited, number_from
from rpa.browser import find_browser
from rpa.filing import Filing, to_record
from rpa.queue import Item, State, WorkQueue
from tests.rpa.bot_world import basic, general, judged, world

FOUND = find_browser(os.environ)


def both_of(number: int) -> tuple[Filing, Filing]:
    """A basic and a general account of one firm; the list does not know the basic one's number."""
    second = general(number, basic_account_number="")
    return basic(number), replace(second, filing_id=f"G{number:08d}", account_number=f"30182199{number:08d}")


def item_of(filing: Filing, state: State = State.NEW, **facts: str) -> Item:
    return Item(filing.filing_id, state, to_record(filing), 0.0, 0, 0.0, None, 0, 0.0, "重名", facts, None)


def test_both_are_filed_and_the_general_one_with_the_number_of_the_other(tmp_path: Path, chrome: Any) -> None:
    first, second = both_of(1)
    lonely = replace(both_of(2)[1], filing_id="G00000002")
    with world(tmp_path, [second, first, lonely]) as made:
        summary = chrome.run(run_once(made.settings(FOUND, contexts=2), browser=chrome.browser))
        filed = made.truth.filed
        number = filed[first.bank_code, first.account_number]["basic_account_number"]
        assert number
        assert judged(made, [first, replace(second, basic_account_number=number)]) == {}
        assert filed[second.bank_code, second.account_number]["basic_account_number"] == number
        assert "basic account: J and 13 digits" in summary.for_persons[lonely.filing_id]
        queue = WorkQueue(made.settings(FOUND).queue_path)
        said = [step.reason for step in queue.steps(second.filing_id)]
        assert f"basic_account_number from the filing of {first.filing_id}" in said
        assert summary.reconciliation is not None
        assert summary.reconciliation.is_clean


def test_a_person_who_has_the_basic_account_gets_the_general_one(tmp_path: Path, chrome: Any) -> None:
    first, second = both_of(1)
    contradicted = replace(first, legal_representative="别人")
    with world(tmp_path, [contradicted, second], registry=None) as made:
        made.registry[:] = [row | {"legal_representative": first.legal_representative} for row in made.registry]
        summary = chrome.run(run_once(made.settings(FOUND), browser=chrome.browser))
        assert first.filing_id in summary.for_persons
        assert f"basic account {first.filing_id} must be filed first" in summary.for_persons[second.filing_id]
        assert not made.truth.filed


def test_a_number_that_the_list_states_is_not_replaced() -> None:
    first, second = both_of(1)
    stated = item_of(general(1))
    filed = item_of(first, State.FILED, **{FIELD: "J8210000000099"})
    assert number_from(stated, [stated, filed]) == ("", "")
    assert number_from(item_of(second), [filed]) == ("J8210000000099", first.filing_id)


def test_another_firms_basic_account_is_not_waited_for() -> None:
    _, second = both_of(1)
    assert not is_awaited(item_of(second), [item_of(basic(2))])
    assert is_awaited(item_of(second), [item_of(basic(2)), item_of(basic(1), State.IN_DOUBT)])


def test_one_that_is_under_way_is_waited_for_although_a_person_has_another() -> None:
    first, second = both_of(1)
    refused = item_of(replace(first, filing_id="L9"), State.REFUSED)
    assert is_awaited(item_of(second), [refused, item_of(first)])
