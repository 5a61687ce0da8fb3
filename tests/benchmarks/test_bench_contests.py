"""Comparisons, groups and the README's table, on made-up records and on those that are kept."""

import ast
import re
import tomllib
from fnmatch import fnmatchcase

import pytest

from benchmarks.contests import FLOOR, PEER, duels, plan
from benchmarks.errors import MarksMissingError
from benchmarks.groups import GROUPS, asked_for, group_of
from benchmarks.recording import read_records
from benchmarks.summary import BEGIN, END, between_marks, rows, table, times_shown
from engines import catalogue
from tests.laws.house import ROOT, modules

RECORDS = read_records()


def record(name, *values, machine="a processor"):
    """A record of some (dataset, subject, metric, value, unit)."""
    keys = ("dataset", "subject", "metric", "value", "unit")
    found = [dict(zip(keys, one, strict=True)) for one in values]
    return {"benchmark": name, "machine": {"processor": machine, "cores": 2}, "measurements": found}


MEMORY = "561 rules in memory"
RULES = record(
    "fraud-rules",
    (MEMORY, "ours", "speed", 50.0, "rows/s"),
    (MEMORY, "polars expressions", "speed", 100.0, "rows/s"),
    (MEMORY, "DuckDB", "speed", 10.0, "rows/s"),
    (MEMORY, "ours", "layout", 3.0, "s"),
    (MEMORY, "DuckDB", "layout", 4.0, "s"),
    (MEMORY, "ours", "CPU of a million", 2.0, "s"),
    (MEMORY, "DuckDB", "CPU of a million", 8.0, "s"),
)


def test_a_ratio_is_how_many_times_as_good_whichever_way_the_metric_goes():
    found = {(one.metric, one.other): one.times for one in duels(RULES)}
    assert found == {
        ("speed", "polars expressions"): 0.5,
        ("speed", "DuckDB"): 5.0,
        ("CPU of a million", "DuckDB"): 4.0,
    }


def test_to_be_behind_a_peer_is_a_loss_and_behind_a_floor_is_not():
    filed = record(
        "filing",
        ("24 accounts", "direct HTTP (floor)", "each account", 0.2, "s"),
        ("24 accounts", "plain Playwright", "each account", 0.5, "s"),
        ("24 accounts", "ours, 1 at once", "each account", 1.0, "s"),
    )
    assert [(one.kind, one.times, one.is_loss) for one in duels(filed)] == [(FLOOR, 0.2, False), (PEER, 0.5, True)]


def test_a_metric_that_nobody_says_the_direction_of_is_not_compared():
    assert "layout" not in {one.metric for one in duels(RULES)}


def test_nothing_is_divided_by_zero():
    served = record("fraud-serving", ("500 events/s", "ours, the whole engine", "p50", 2.0, "ms"))
    served["measurements"].append(served["measurements"][0] | {"subject": "floor: a constant", "value": 0.0})
    assert duels(served) == []


def test_a_comparison_that_the_benchmark_made_itself_is_taken_with_its_values():
    name = "20,000 transfers, ed25519-sha256-aesgcm"
    paid = record(
        "ledger",
        (name, "PyNaCl alone (floor)", "CPU each", 60.0, "µs"),
        (name, "ledger: pipeline, durable", "CPU each", 80.0, "µs"),
        (name, "ledger: pipeline, durable", "of the floor, CPU", 0.76, "share"),
    )
    (found,) = duels(paid)
    assert (found.kind, found.times, found.ours_shown, found.other_shown) == (FLOOR, 0.76, "80.0 µs", "60.0 µs")


def test_a_metric_stands_beside_a_floor_of_the_same_subject_only():
    name = "ours, seconds for a million firms"
    drawn = record(
        "graph",
        (name, "ours, 10 firms", "PageRank", 6.0, "s"),
        (name, "ours, 10 firms", "floor: a step to each firm", 3.0, "s"),
        (name, "ours, 100 firms", "floor: a step to each firm", 9.0, "s"),
    )
    assert [(one.ours, one.times) for one in duels(drawn)] == [("ours, 10 firms", 0.5)]


def test_every_record_is_compared_by_some_rule_that_finds_something():
    for name, kept in RECORDS.items():
        assert duels(kept), f"benchmarks/contests.toml compares nothing of {name}.json"


def test_every_benchmark_has_a_rule_and_every_rule_a_benchmark():
    known = set(catalogue.benchmarks())
    assert {rule["benchmark"] for rule in plan()["contest"]} == known
    assert {rule["benchmark"] for rules in plan().values() for rule in rules} <= known


def test_every_curve_meets_at_least_two_sizes_in_what_is_recorded():
    for curve in plan()["curve"]:
        if curve["benchmark"] in RECORDS:
            pattern = (curve["dataset"] + "\n" + curve["subject"]).replace("{size}", "[0-9]*")
            places = {f"{one['dataset']}\n{one['subject']}" for one in RECORDS[curve["benchmark"]]["measurements"]}
            assert len([one for one in places if fnmatchcase(one, pattern)]) >= 2, curve


def test_every_benchmark_is_in_one_group_and_every_group_has_what_is_there():
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(catalogue.benchmarks())
    assert all(group_of(name) for name in grouped)


@pytest.mark.parametrize(
    ("words", "whole", "meant"),
    [
        ([], False, sorted(catalogue.benchmarks())),
        (["all"], False, sorted(catalogue.benchmarks())),
        (["rpa"], False, ["filing"]),
        (["fraud"], True, list(GROUPS["fraud"])),
        (["fraud"], False, ["fraud"]),
        (["graph", "filing", "graph"], False, ["graph", "filing"]),
        (["nothere"], False, ["nothere"]),
    ],
)
def test_words_mean_these_benchmarks(words, whole, meant):
    assert asked_for(words, catalogue.benchmarks(), whole=whole) == meant


def test_every_package_that_a_record_names_is_in_an_extra_and_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    asked = {re.split(r"[\[><=]", one)[0].lower() for one in wanted}
    pinned = {line.split("==")[0].lower() for line in (ROOT / "constraints.txt").read_text().splitlines()}
    listed = [node for module in modules("benchmarks") for node in module.tree.body if is_packages(node)]
    assert len(listed) >= 5
    for node in listed:
        packages = {one.value for one in ast.walk(node.value) if isinstance(one, ast.Constant)}
        assert packages <= asked, f"no extra installs {packages - asked}"
        assert packages <= pinned, f"constraints.txt misses {packages - pinned}"


def is_packages(node):
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PACKAGES"


def test_a_row_of_the_table_stands_beside_the_best_of_the_others_and_says_that_it_is_behind():
    shown = table({"fraud-rules": RULES})
    assert "| 50.0 rows/s | polars expressions 100 rows/s | **0.50×, behind** |" in shown
    assert "Of 3 recorded comparisons with others, ours is ahead in 2 and behind in 1 (fraud-rules 1)." in shown
    assert "Measured on a processor, 2 cores." in shown
    assert shown.count("not recorded") == len(rows({})) - 1


def test_the_table_in_chinese_has_the_same_figures():
    english, chinese = table(RECORDS), table(RECORDS, "zh")
    figures = [re.findall(r"[\d.,]+×", text) for text in (english, chinese)]
    assert figures[0] == figures[1]
    assert "not recorded" not in chinese


@pytest.mark.parametrize(
    ("times", "shown"), [(0.0052, "0.0052×"), (0.999, "0.99×"), (1.0, "1.0×"), (9.94, "9.9×"), (9.96, "10×")]
)
def test_a_loss_is_never_rounded_away(times, shown):
    assert times_shown(times) == shown


@pytest.mark.parametrize("text", ["", BEGIN, f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"])
def test_a_file_without_its_two_marks_is_refused(text):
    with pytest.raises(MarksMissingError, match="a file must hold the lines"):
        between_marks(text, "new", "a file")


def test_the_text_around_the_marks_stays():
    assert between_marks(f"a\n{BEGIN}\nold\n{END}\nb", "new") == f"a\n{BEGIN}\n\nnew\n\n{END}\nb"
