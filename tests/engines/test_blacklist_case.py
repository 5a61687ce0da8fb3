"""The case of blacklist association: it passes on the province, and every check fails when its truth is broken."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from credit_graph.ties import house_ties
from datasets.shared_attributes import OFFICE, TOWER
from engines.cases import blacklist
from engines.report.document import to_json
from engines.result import Result
from engines.risk_graph import nearness
from engines.risk_graph.listing_tables import all_paths
from engines.risk_graph.nearness import HOPS, crowds, listed_on, near, proxies
from engines.risk_graph.province import Credit, credit

SIZE, SEED = 400, 7


@pytest.fixture(scope="module")
def made() -> Credit:
    return credit(SEED, SIZE)


@pytest.fixture(scope="module")
def small() -> Result:
    return blacklist.run(seed=SEED, size=SIZE)


def with_table(made: Credit, name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Credit:
    return replace(made, tables=made.tables | {name: change(made.tables[name].copy())})


def failed_with(made: Credit, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(blacklist, "credit", lambda seed, size: made)
    return [check.name for check in blacklist.run(seed=SEED, size=SIZE).checks if not check.passed]


def test_all_checks_pass_and_something_was_there_to_be_found(small: Result, made: Credit) -> None:
    assert [check.name for check in small.checks if not check.passed] == []
    assert len(proxies(made).table) > 3


def test_equal_seeds_give_equal_results_and_other_seeds_others(small: Result) -> None:
    assert to_json(blacklist.run(seed=SEED, size=SIZE)) == to_json(small)
    assert to_json(blacklist.run(seed=SEED + 1, size=40)) != to_json(small)


@pytest.mark.parametrize("seed", range(4))
def test_the_smallest_province_has_a_report_too(seed: int) -> None:
    result = blacklist.run(seed=seed, size=1)
    assert result.passed
    assert [network.draw()["view"] for network in result.networks] in ([], ["ego"])


def test_nearly_everybody_is_within_three_hops_and_the_report_shows_it(small: Result, made: Credit) -> None:
    reach = near(made, listed_on(made)["party_id"])
    assert len(reach.firms) > 5 * len(reach.watched)
    numbers = {number.name: number.value for number in small.numbers}
    assert numbers[f"firms within {HOPS} hops of a listed party"].startswith(f"{len(reach.firms):,} of")


def test_paths_are_told_in_words_of_both_languages(small: Result) -> None:
    table = next(table for table in small.tables if table.title.startswith("Planted"))
    assert table.rows
    for row in table.rows:
        assert "的近亲属为" in row[-2]
        assert "is a relative of" in row[-1]


def test_the_picture_leads_from_the_listed_to_the_client(small: Result) -> None:
    nodes = small.networks[0].draw()["nodes"]
    client = next(node for node in nodes if node.get("state") == "centre")
    listed = [node for node in nodes if node.get("state") == "listed"]
    assert listed
    assert all(node["layer"] < client["layer"] for node in listed)


def test_the_listed_are_left_out_of_those_near_them(made: Credit) -> None:
    reach = near(made, listed_on(made)["party_id"])
    assert not set(reach.parties["client_id"]) & set(reach.listed)


def test_a_planted_client_far_from_everybody_fails_the_checks(made: Credit, monkeypatch: pytest.MonkeyPatch) -> None:
    reach = near(made, listed_on(made)["party_id"])
    far = str(reach.firms["client_id"].iloc[-1])

    def add(truth: pd.DataFrame) -> pd.DataFrame:
        row = {"structure_id": "Y9", "kind": "blacklist_proxy", "is_harmful": True}
        roles = {"listed": reach.listed[0], "representative": "P00000063", "client": far}
        extra = pd.DataFrame([row | {"role": role, "party_id": party} for role, party in roles.items()])
        return pd.concat([truth, extra], ignore_index=True)

    failed = failed_with(with_table(made, "truth", add), monkeypatch)
    assert failed == [
        "every planted client is on watch",
        "the planted path is among the paths found: relative, controller, client",
    ]


def test_a_relative_who_is_not_listed_fails_the_checks(made: Credit, monkeypatch: pytest.MonkeyPatch) -> None:
    relatives = set(proxies(made).table["listed"])

    def forget(table: pd.DataFrame) -> pd.DataFrame:
        return table[~table["party_id"].isin(relatives)].reset_index(drop=True)

    failed = failed_with(with_table(made, "blacklist", forget), monkeypatch)
    assert "every planted client is on watch" in failed
    assert "the planted path is among the paths found: relative, controller, client" in failed


def test_who_is_listed_later_is_not_listed_on_the_day(made: Credit) -> None:
    later = made.graph.as_of + pd.Timedelta(days=1)
    table = with_table(made, "blacklist", lambda one: one.assign(listed_on=pd.Timestamp(later)))
    assert len(listed_on(made)) > 0 == len(listed_on(table))


def test_using_later_listings_fails_the_check(made: Credit, monkeypatch: pytest.MonkeyPatch) -> None:
    # everybody in the table counts, while the day's list has nobody
    real = nearness.near
    monkeypatch.setattr(blacklist, "near", lambda some, listed: real(some, made.tables["blacklist"]["party_id"]))

    def later(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(listed_on=pd.Timestamp("2020-07-02"))

    failed = failed_with(with_table(made, "blacklist", later), monkeypatch)
    assert failed == ["nobody is listed before the day of listing"]


def test_a_tower_that_leads_somewhere_fails_the_check(made: Credit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearness, "rules_for", lambda firms: replace(house_ties(), most_sharing=10_000))
    reach = near(made, listed_on(made)["party_id"])
    assert reach.through(f"address:{TOWER}") + reach.through(f"agent:{OFFICE}") > 0
    assert failed_with(made, monkeypatch) == ["a tower or a bookkeeping office that hundreds share leads nowhere"]


def test_who_only_shares_a_tower_with_the_listed_is_no_more_on_watch_than_others(made: Credit) -> None:
    reach = near(made, listed_on(made)["party_id"])
    mates = set(made.graph.ids[crowds(made, reach, (TOWER, OFFICE))])
    watched = set(reach.watched["client_id"])
    assert mates
    assert not mates & set(reach.listed)
    assert len(mates & watched) < len(mates) / 2


def test_strength_that_tells_no_more_than_distance_fails_the_check(
    made: Credit, monkeypatch: pytest.MonkeyPatch
) -> None:
    equal = {
        kind: replace(rule, forward=0.9, backward=0.9, by_share=False) for kind, rule in house_ties().rules.items()
    }
    monkeypatch.setattr(nearness, "rules_for", lambda firms: replace(house_ties(), rules=equal, most_sharing=10))
    assert "strength says more than distance" in failed_with(made, monkeypatch)


def test_a_search_that_is_cut_short_is_reported_and_still_has_the_strongest(
    made: Credit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blacklist, "_MOST_PATHS", 2)
    monkeypatch.setattr(blacklist, "credit", lambda seed, size: made)
    result = blacklist.run(seed=SEED, size=SIZE)
    checks = {check.name: check for check in result.checks}
    agreed = checks["the search for all paths agrees with the strongest path, also where it was cut short"]
    assert agreed.passed
    assert "0 searches cut short" not in agreed.detail
    table = next(table for table in result.tables if table.title.startswith("Clients"))
    assert any("cut short" in row[3] for row in table.rows)


def test_a_search_that_loses_the_strongest_path_fails_the_check(made: Credit, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose(*given: object) -> dict[str, object]:
        found = all_paths(*given)  # type: ignore[arg-type]  # passed on as they came
        return {client: replace(every, paths=every.paths.iloc[1:]) for client, every in found.items()}

    monkeypatch.setattr(blacklist, "all_paths", lose)
    failed = failed_with(made, monkeypatch)
    assert "the search for all paths agrees with the strongest path, also where it was cut short" in failed
