"""One long life, written down once, comes to the same state hash on every kind of store."""

from typing import Any

import ledger_sample
import numpy as np
import pytest
from conftest import Place
from test_life_cycle_machine import MEMBERS, LifeCycles

from ledger.block import read_header
from ledger.node import Node

STEPS = 250
CONVENTIONS = ["ACT/360", "ACT/365F", "30/360"]


def lived(seed: int) -> LifeCycles:
    """Two hundred and fifty steps of the machine, in an order that the seed gives; contracts and twin agree at each."""
    rng = np.random.default_rng(seed)
    machine = LifeCycles()
    machine.begin()

    def pick(values: list[Any]) -> Any:
        return values[int(rng.integers(0, len(values)))]

    for _ in range(STEPS):
        place, other = int(rng.integers(0, 40)), pick([None, None, None, None, *MEMBERS])
        payees = [
            (one, int(rng.integers(1, 9))) for one in rng.permutation(MEMBERS)[: int(rng.integers(1, 4))].tolist()
        ]
        accepted = (pick([100, 5000]), pick(["core", "bank-a"]), pick([True, False]), pick([9, 60]))
        steps: dict[str, tuple[Any, ...]] = {
            "time_passes": (pick([0, 0, 1, 3]), 1),
            "the_day_of_a_receivable_comes_to_the_second": (place,),
            "accepted": accepted,
            "paper": (pick(["issue", "accept", "cancel"]), place, other),
            "pay_on": (place, payees, True),
            "transfer": (place, pick(MEMBERS), other),
            "split": (place, [int(rng.integers(1, 50))]),
            "merge": (place, place + 1, True),
            "pledge": (place, pick(["bank-a", "bank-b"]), 5, int(rng.integers(1, 60)), False),
            "discount": (place, "bank-b", 315, pick(CONVENTIONS), 0, None),
            "redeem": (place, pick([True, False]), other),
            "default": (place, other),
            "recourse": (place, None),
        }
        if machine.book["pledges"]:
            steps["end_of_pledge"] = (place, pick(["release", "enforce"]), other)
        if not machine.book["fragments"]:
            machine.accepted(*accepted)
        name = pick(list(steps))
        getattr(machine, name)(*steps[name])
        machine.both_books_are_the_same()
        machine.the_open_sum_of_each_receivable_lies_in_its_fragments()
    return machine


@pytest.fixture(scope="module")
def life() -> LifeCycles:
    return lived(11)


def test_much_happens_in_it(life: LifeCycles) -> None:
    assert life.node.tree.size > 80
    assert len(life.node.refusals) >= 5
    assert {record["status"] for _, record in life.node.state.records("receivables")} >= {"accepted", "redeemed"}


def test_it_comes_to_the_same_state_on_every_store(life: LifeCycles, place: Place) -> None:
    store = place.found()
    for block in life.store.blocks():
        store.append(block)
    store.close()
    opened = place.open()
    assert opened.height() == life.store.height()
    again = Node(opened, life.people.operator, lambda: ledger_sample.START)
    assert again.state.everything() == life.node.state.everything()
    assert again.tree.root() == life.node.tree.root()
    headers = [[read_header(block.header) for block in one.blocks()] for one in (opened, life.store)]
    assert headers[0] == headers[1]
    assert len({header.state for header in headers[0]}) == len(headers[0])
    again.close()


def test_where_blocks_end_changes_no_record(life: LifeCycles) -> None:
    """It changes the chain of digests, not who owns what, as long as nothing falls due between."""
    people, now = life.people, ledger_sample.START + 60
    machines = []
    for size in (1, 7, 100):
        machine = LifeCycles()
        machine.begin()
        machine.now = now
        wishes = ledger_sample.accepted(people._replace(nonces=iter(range(500, 600))), "B1", 999)
        for start in range(0, len(wishes), size):
            machine.node.submit(wishes[start : start + size])
        machines.append(dict(machine.node.state.everything()))
    assert machines[0] == machines[1] == machines[2]
