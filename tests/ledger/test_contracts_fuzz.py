"""Whatever a member signs is accepted or refused: no call, however odd, ends in another error."""

import itertools
from typing import Any

import numpy as np
import pytest
from contract_vectors import Stage
from refusing import authority, circulate, registered, revocations, send

from ledger.contracts import Contract, contracts
from ledger.node import Receipt, Refusal
from ledger.schema import Kind

CALLS = 150
ALL = sorted(contracts().values(), key=lambda one: (one.name, one.version))


def pool(stage: Stage, fragment: str) -> list[Any]:
    """Values that some field takes: names that are there and names that are not, times, sums, odd shapes."""
    person = registered(stage)
    moments = [0, stage.now - 1, stage.now, stage.now + 1, stage.now + 90 * 86_400, 253_402_271_999]
    names = ["core", "maker-of-parts", "bank-a", "bank-b", "nobody", "R1", "P1", "Q1", "F1", fragment, "receivables"]
    words = ["ACT/360", "30/360", "lowest_rate", "highest_price", "bank", "receivable", "request"]
    texts = ["ab" * 32, "00" * 32, "ab" * 200, person.certificate.hex(), authority(stage, "bank-c"), "3000", "30820101"]
    texts.append(revocations(stage, 900)["revocations"])
    numbers = [1, 2, 5, 100, 999_999, 1_000_000, 10_000, 2**53 - 1]
    rows: list[Any] = [{"to": "bank-a", "amount": 1}, {"copy": "ab" * 32, "key": 1, "organisation": "bank-a"}]
    return [
        *moments,
        *names * 4,
        *["bank-a", "maker-of-parts", "R1", "P1"] * 9,
        *words,
        *texts,
        *numbers,
        True,
        False,
        *rows,
    ]


def drawn(rng: np.random.Generator, values: list[Any], kind: Kind) -> Any:
    """A value that the kind takes, or a list of such; an odd one, if there is none."""
    lists = [[one] for one in values] + [[one, two] for one, two in itertools.pairwise(values)]
    right = [one for one in [*values, *lists, [], "F1"] if kind.holds(one)]
    return right[int(rng.integers(0, len(right)))] if right else None


@pytest.mark.parametrize("one", ALL, ids=lambda one: f"{one.name} {one.version}")
def test_every_call_is_accepted_or_refused(one: Contract) -> None:
    rng = np.random.default_rng(sum(one.name.encode()))
    stage = Stage()
    fragment = circulate(stage)
    terms = {"fragment": fragment, "pledgee": "bank-a", "registration": "P1", "until": stage.now + 86_400}
    values = pool(stage, fragment)
    if one.name != "pledges":
        send(stage, "receivables.split", {"amounts": [5, 7], "fragment": fragment}, "maker-of-parts")
    else:
        send(stage, "pledges.pledge", terms, "maker-of-parts", "bank-a")
    values += [name for name, _ in stage.node.state.records("fragments")] * 30
    by = ["/".join(signer) for signer in stage.people.wallets if signer[1] != "checker"]
    answers: list[Receipt | Refusal] = []
    for number in range(CALLS):
        action = sorted(one.actions)[number % len(one.actions)]
        schema = one.actions[action]
        arguments = {name: drawn(rng, values, kind) for name, kind in schema.required.items()}
        arguments |= {name: drawn(rng, values, kind) for name, kind in schema.optional.items() if rng.integers(0, 2)}
        data = stage.people.sign(f"{one.name}.{action}", arguments, by, valid_until=stage.now + 9)
        answers += stage.node.submit([data])
        stage.now += int(rng.integers(0, 3))
    refused = [answer.rule for answer in answers if isinstance(answer, Refusal)]
    assert len(answers) == CALLS
    assert stage.node.refusals.total() == len(refused)
    assert len(set(refused) - {"BadFieldError"}) >= 1, "something got as far as the contract"
