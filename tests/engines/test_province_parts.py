"""The parts of the province case: evidence is read without the truth, weighed by other provinces, and can fail."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.province_story import TRUTH
from engines.province import monitoring, pledges
from engines.province.browsing import chosen
from engines.province.circles import circled, structures_on
from engines.province.happenings import KINDS_OF_EVENTS, events_of
from engines.province.judging import TOGETHER, added_by, compared, judged
from engines.province.looking import Seen, other_seeds
from engines.province.money import found_rings
from engines.province.papers import checked
from engines.province.proving import checks
from engines.province.ring_network import ring_network
from engines.province.ring_picture import ring_panels, ring_ties
from engines.province.samples import looked
from engines.province.signs import ENGINES
from engines.province.story import Story, story
from engines.province.verdict import Verdict, groups_taken
from engines.province.weighing import Looked, Weights, best_line, learn, rising, weighed

COUNTS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def made() -> Story:
    return story(11, 50)


@pytest.fixture(scope="module")
def blind(made: Story) -> Story:
    """The same province without the tables that only a judge may read."""
    return Story(made.seed, {name: table for name, table in made.tables.items() if name not in TRUTH}, made.graph)


@pytest.fixture(scope="module")
def playing(made: Story) -> pledges.Playing:
    return pledges.played(made, lambda *_: None)


@pytest.fixture(scope="module")
def seen(made: Story, playing: pledges.Playing) -> Seen:
    """All engines but the scorer, which the case's own test runs: here every account is as likely as its ring says."""
    truth = made.tables["truth"].set_index("firm_id").reindex(made.firms)
    signs = [monitoring.monitored(made), checked(made), circled(made), pledges.pledged(made, playing)]
    money = replace(signs[1], engine="money", levels=(("", ""),) * 4, ties=frozenset())
    by_name = {sign.engine: sign for sign in [*signs, money]}
    one = Looked(made.seed, by_name, truth["is_ring"].astype(bool), truth["kind"], truth["group_id"])
    accounts = pd.concat([made.tables["payments"]["account_id"], made.tables["payments"]["payee_id"]]).unique()
    return Seen(made, one, playing, found_rings(made), pd.Series(0.9, index=pd.Index(accounts)))


def test_no_engine_reads_the_truth(made: Story, blind: Story) -> None:
    for look in (monitoring.monitored, checked, circled):
        one, other = look(made), look(blind)
        pd.testing.assert_series_equal(one.level, other.level)
        assert one.words == other.words
    assert [ring.accounts for ring in found_rings(blind)] == [ring.accounts for ring in found_rings(made)]
    assert pledges.played(blind, lambda *_: None).entries > 100


def test_equal_seeds_give_equal_ledgers(made: Story, playing: pledges.Playing) -> None:
    again = pledges.played(made, lambda *_: None)
    assert [one.answer for one in again.outcomes] == [one.answer for one in playing.outcomes]


def test_what_the_ledger_refuses_is_what_may_not_be_done(made: Story, playing: pledges.Playing) -> None:
    wrong = set(made.tables["step_truth"].query("is_refused")["step_id"])
    assert {one.step["step_id"] for one in playing.outcomes if one.is_refused} == wrong
    assert playing.holds


def test_the_checks_fail_if_the_ledger_lets_a_second_pledge_through(
    seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ledger.contracts import circulation

    honest: Callable[..., dict[str, object]] = circulation.circulating  # type: ignore[assignment]  # a record is one

    def forgetful(state: object, fragment: str, time: int) -> dict[str, object]:
        record = circulation.fragments.live(state, circulation.CONTROLLER, fragment)  # type: ignore[arg-type, attr-defined]  # it is one
        return dict(record) if "lock" in record else honest(state, fragment, time)

    monkeypatch.setattr(circulation, "circulating", forgetful)
    let_through = replace(seen, playing=pledges.played(seen.story, lambda *_: None))
    assert "every second pledge is refused, and no honest step" in failed(verdict_on(let_through, -math.inf))


def test_the_checks_fail_if_nobody_is_suspected_or_everybody_is(seen: Seen) -> None:
    for line in (math.inf, -math.inf):
        assert any(name.startswith("the ring is found") for name in failed(verdict_on(seen, line)))


def test_the_checks_fail_if_look_alikes_are_taken_or_one_engine_is_enough(seen: Seen) -> None:
    told = failed(verdict_on(seen, -math.inf), taken={seen.looked.seed: (5, 5)}, alone=1.0)
    for words in ("honest families", "no engine alone is sure", "all together are better"):
        assert any(name.startswith(words) for name in told), words


def verdict_on(seen: Seen, line: float) -> Verdict:
    weights = Weights({name: (0.0,) * len(seen.looked.signs[name].levels) for name in ENGINES}, 0.0, line)
    return Verdict(seen, weights, weighed(seen.looked, weights))


def failed(verdict: Verdict, taken: dict[int, tuple[int, int]] | None = None, alone: float = 0.1) -> list[str]:
    rows = [(seed, name, alone, alone, alone) for name in ENGINES for seed in (1, 2)]
    rows += [(seed, TOGETHER, 0.9, 0.9, 0.9) for seed in (1, 2)]
    table = pd.DataFrame(rows, columns=["seed", "subject", "precision", "recall", "average_precision"])
    found = checks(verdict, table, taken or {verdict.seen.looked.seed: (0, 5)}, None)
    return [one.name for one in found if not one.passed]


def test_the_truth_of_a_province_does_not_change_how_it_is_weighed() -> None:
    others = [looked([0, 2, 2, 0], [False, True, True, False], seed) for seed in (2, 3)]
    one = looked([0, 1, 2], [False, False, True])
    other = looked([0, 1, 2], [True, True, False])
    weights = learn(others, ["papers"])
    assert weighed(one, weights)["together"].tolist() == weighed(other, weights)["together"].tolist()
    figures = compared([one, *others], ["papers"])
    assert set(figures["subject"]) == {"papers", TOGETHER}


@given(COUNTS)
def test_a_stronger_sign_never_weighs_less(counts: list[tuple[int, int]]) -> None:
    ring, honest = [one + 0.5 for one, _ in counts], [other + 0.5 for _, other in counts]
    found = rising(ring, honest)
    assert len(found) == len(counts)
    assert list(found) == sorted(found)


@given(COUNTS)
def test_weights_that_rise_by_themselves_are_plain_likelihood_ratios(counts: list[tuple[int, int]]) -> None:
    by_ratio = sorted(counts, key=lambda pair: (pair[0] + 0.5) / (pair[1] + 0.5))
    ring, honest = np.array(by_ratio, np.float64).T + 0.5
    plain = np.log10((ring / ring.sum()) / (honest / honest.sum()))
    assert rising(ring.tolist(), honest.tolist()) == pytest.approx(plain.tolist())


@given(st.lists(st.tuples(st.integers(-5, 5), st.booleans()), min_size=1, max_size=12))
def test_no_other_line_is_better(firms: list[tuple[int, bool]]) -> None:
    scores, label = np.array([one for one, _ in firms], np.float64), np.array([other for _, other in firms])

    def f1(line: float) -> float:
        return 2 * float(((scores >= line) & label).sum()) / max(float((scores >= line).sum() + label.sum()), 1.0)

    assert f1(best_line(scores, label)) == max(f1(float(line)) for line in np.unique(scores))


def test_what_partners_did_counts_only_through_ties() -> None:
    one = looked([0, 2, 0], [True, True, False])
    sign = one.signs["papers"]
    first, second, _ = sign.level.index
    tied = replace(sign, ties=frozenset({frozenset({first, second})}))
    levels = Looked(1, {"papers": tied}, one.is_ring, one.kind, one.group).levels(["papers"])
    assert levels["company:papers"].tolist() == [2, 1, 0]


def test_what_an_engine_adds_is_the_difference_province_by_province() -> None:
    rows = [(seed, TOGETHER, 0.8) for seed in (1, 2, 3)] + [(seed, "without money", 0.5) for seed in (1, 2, 3)]
    gain = added_by(pd.DataFrame(rows, columns=["seed", "subject", "average_precision"]), "money")
    assert (round(gain.value, 9), round(gain.half, 9)) == (0.3, 0.0)


def test_whoever_suspects_nobody_has_no_precision() -> None:
    assert judged(np.array([0.0, 1.0]), np.array([False, True]), math.inf)[:2] == (0.0, 0.0)


def test_a_look_alike_group_is_counted_by_its_own_firms(seen: Seen) -> None:
    everybody = groups_taken(seen.looked, verdict_on(seen, -math.inf).weights)
    nobody = groups_taken(seen.looked, verdict_on(seen, math.inf).weights)
    assert all(above == size for above, size in everybody.values())
    assert all(above == 0 for above, _ in nobody.values())
    assert all(name.startswith(("family", "house")) for name in everybody)


def test_the_ring_stands_in_a_circle_and_pairs_have_reasons(made: Story) -> None:
    ring = set(made.tables["truth"].query("is_ring")["firm_id"])
    assert any(len(ring & set(one)) >= 6 for one in structures_on(made)["members"])
    pairs = monitoring.linked_pairs(made)
    assert (pairs["words"].str.len() > 0).all()


def test_the_pictures_show_every_tie_and_every_act(seen: Seen) -> None:
    ring = sorted(seen.story.tables["truth"].query("is_ring")["firm_id"])
    ties = ring_ties(seen, ring)
    assert {tie.engine for tie in ties} >= {"monitoring", "circles", "pledges", "money"}
    spec = ring_panels(seen, ring, list(ENGINES))
    lines = [row for data in spec["datasets"].values() for row in data if "x2" in row]
    assert len(lines) == 2 * len(ties)
    events = events_of(seen, ring)
    assert {one.kind for one in events} == set(KINDS_OF_EVENTS)
    assert all(one.on - other.on >= timedelta(0) for other, one in pairwise(events))


def test_the_network_holds_the_shells_what_they_share_and_whom_they_pay(seen: Seen) -> None:
    ring = sorted(seen.story.tables["truth"].query("is_ring")["firm_id"])
    told = ring_network(seen, ring, {firm: firm for firm in ring})
    kinds = {node.get("kind", "firm") for node in told["nodes"]}
    assert kinds == {"firm", "attribute", "person"}
    assert {edge.get("kind", "guarantee") for edge in told["edges"]} == {"guarantee", "shared_attribute", "fund_flow"}


def test_the_bot_gets_whoever_contradicts_though_nobody_is_linked_to_it(seen: Seen) -> None:
    papers = seen.looked.signs["papers"]
    alone = replace(seen.looked.signs["monitoring"], ties=frozenset())
    looked_alone = replace(seen.looked, signs={**seen.looked.signs, "monitoring": alone})
    assert chosen(replace(seen, looked=looked_alone), 10) == [min(papers.level.index[papers.level == 2])]
    assert 2 <= len(chosen(seen, 10)) <= 10


def test_provinces_to_learn_from_are_never_the_one_that_is_judged() -> None:
    used = [*other_seeds(7, 6, 0), *other_seeds(7, 4, 1)]
    assert len({7, *used}) == 11
