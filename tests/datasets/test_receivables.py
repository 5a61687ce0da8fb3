"""The tables of receivables: what is drawn may be done, what is planted may not, and sums are kept."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest

from datasets import catalogue, files, receivables
from datasets.supply_chains import ATTEMPTS, LOOK_ALIKES, chain

SEED, TOWNS = 7, range(40)
NAMES = ("receivables", "receivable_steps", "receivable_truth")


def whole(name: str, n: int, seed: int = SEED) -> pd.DataFrame:
    return pd.concat(catalogue.frames(name, n, seed), ignore_index=True)


@pytest.mark.parametrize("name", NAMES)
def test_the_first_rows_are_the_same_for_every_n(name: str) -> None:
    longest = whole(name, 300)
    for n in (0, 1, 9, 77, 299):
        pd.testing.assert_frame_equal(whole(name, n), longest.head(n))
    assert not whole(name, 60, SEED + 1).equals(whole(name, 60))


def test_the_bytes_are_pinned(tmp_path: Path) -> None:
    """The same on every machine: the steps of the first towns as CSV."""
    files.write(catalogue.frames("receivable_steps", 500, SEED), tmp_path / "steps.csv")
    digest = hashlib.sha256((tmp_path / "steps.csv").read_bytes()).hexdigest()
    assert digest[:16] == "242ef52d6e3d4b78"


@dataclass(frozen=True)
class Part:
    owner: str
    amount: int
    registration: str = ""


class Book:
    """A receivable as a careful clerk would keep it: parts by number, and which registrations are used."""

    def __init__(self) -> None:
        self.parts: dict[int, Part] = {}
        self.made = 0
        self.used: set[str] = set()

    def add(self, owner: str, amount: int) -> None:
        self.parts[self.made] = Part(owner, amount)
        self.made += 1

    def flaw(self, step: pd.Series, due: pd.Timestamp) -> str:
        """What forbids a step, in the word of the truth; empty if it may be done."""
        if step["action"] not in ("pay_on", "pledge", "discount", "merge"):
            return ""
        for lot in {step["lot"], step["with_lot"]} - {-1}:
            part = self.parts.get(lot)
            if part is None:
                return "double_spend"
            if part.registration:
                return "double_pledge" if step["action"] == "pledge" else "moved_while_pledged"
            assert part.owner == step["by_id"]
        if step["on"] >= due:
            return "after_maturity"
        return "registration_used_twice" if step["registration"] in self.used else ""

    def take(self, step: pd.Series) -> None:
        action, lot = step["action"], int(step["lot"])
        if action == "accept":
            self.add(step["to_id"], step["amount_fen"])
        elif action == "pay_on":
            part = self.parts.pop(lot)
            assert 0 < step["amount_fen"] <= part.amount
            self.add(step["to_id"], step["amount_fen"])
            if part.amount > step["amount_fen"]:
                self.add(part.owner, part.amount - step["amount_fen"])
        elif action in ("discount", "recourse"):
            part = self.parts.pop(lot)
            assert step["amount_fen"] == part.amount
            self.add(step["to_id"], part.amount)
        elif action == "merge":
            one, two = self.parts.pop(lot), self.parts.pop(int(step["with_lot"]))
            assert one.owner == two.owner
            self.add(one.owner, one.amount + two.amount)
        elif action == "pledge":
            self.used.add(step["registration"])
            self.parts[lot] = replace(self.parts[lot], registration=step["registration"])
        elif action == "release":
            assert self.parts[lot].registration == step["registration"]
            self.parts[lot] = replace(self.parts[lot], registration="")
        elif action == "redeem":
            self.parts.clear()


def test_a_careful_clerk_refuses_the_planted_attempts_and_nothing_else() -> None:
    promises = receivables.of_towns(SEED, TOWNS).set_index("receivable_id")
    truth = receivables.truth_of_towns(SEED, TOWNS).set_index("step_id")["kind"]
    books = {name: Book() for name in promises.index}
    seen: set[str] = set()
    for _, step in receivables.steps_of_towns(SEED, TOWNS).iterrows():
        name, kind = step["receivable_id"], truth.get(step["step_id"], "")
        flaw = books[name].flaw(step, promises.at[name, "due_on"])
        assert flaw == (kind if kind in ATTEMPTS else ""), step.to_dict()
        if not flaw:
            books[name].take(step)
            held = sum(part.amount for part in books[name].parts.values())
            assert held in (0, promises.at[name, "amount_fen"])
        seen.add(kind)
    assert seen == {"", *ATTEMPTS, *LOOK_ALIKES}


def test_attempts_are_few_and_no_single_field_tells_them() -> None:
    """Amounts, actions and days of attempts occur among honest steps too: only the books tell."""
    steps = receivables.steps_of_towns(SEED, TOWNS)
    truth = receivables.truth_of_towns(SEED, TOWNS)
    refused = steps["step_id"].isin(truth.loc[truth["is_refused"], "step_id"])
    assert 0.04 < refused.mean() < 0.12
    for field in ("action", "rate_bp", "with_lot"):
        by_value = refused.groupby(steps[field]).agg(["mean", "size"])
        assert by_value.loc[by_value["size"] >= 20, "mean"].max() < 0.5, field


def test_each_ring_pledges_its_receivable_twice() -> None:
    for town in TOWNS:
        promise, steps = chain(SEED, town)[-1]
        assert {promise.obligor, promise.holder} == {f"F{town:04d}0037", f"F{town:04d}0038"}
        pledges = [step for step in steps if step.action == "pledge"]
        assert [step.truth for step in pledges] == ["", "double_pledge"]
        assert pledges[0].to != pledges[1].to


def test_a_receivable_is_one_between_parties_of_the_province() -> None:
    frame = receivables.of_towns(SEED, TOWNS)
    firms = set(catalogue.TABLES["firms"].at_once(40 * len(TOWNS), SEED)["firm_id"])  # type: ignore[misc]  # it is one at once
    assert set(frame["obligor_id"]) | set(frame["holder_id"]) <= firms
    assert (frame["due_on"] > frame["issued_on"]).all()
    assert frame["amount_fen"].between(1, 2**53 - 1).all()
    assert (frame["holder_id"] != frame["obligor_id"]).all()
