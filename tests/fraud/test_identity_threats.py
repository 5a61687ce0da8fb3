"""Threats of a terminal: the shipped policy keeps its examples, and a wrong policy is refused by name."""

import math

import pytest

from datasets import fingerprints
from fraud.errors import IdentityInputError
from fraud.identity import grades_of, judge_terminal, signals_of
from fraud.identity.threats import check_examples, first_policy, parse_threats

GRADES = "[grades]\nsuspicious = 2\nlikely = 4\ncertain = 7\n"
THREAT = '[[threat]]\nid = "root"\nname = "rooted"\nname_zh = "Root"\n'
EVIDENCE = '[[evidence]]\nthreat = "root"\nsignal = "su"\nis = 1\npoints = 3\nreason = "su"\nreason_zh = "su"\n'


def graded(signals):
    return {threat.id: threat.grade for threat in judge_terminal(signals)}


def test_the_shipped_policy_keeps_its_examples():
    assert len(first_policy().examples) >= 9
    assert check_examples(first_policy()) == []


def test_each_reason_stands_behind_the_grade_with_its_points():
    root = judge_terminal({"root_files": 1, "root_hidden": 1})[0]
    assert (root.grade, root.points, len(root.evidence)) == ("certain", 7, 2)
    assert "越狱" in root.explain(chinese=True)


def test_more_bad_signals_never_lower_a_grade():
    order = ["none", "suspicious", "likely", "certain"]
    bad = [one.signal for one in first_policy().evidence if one.points > 0 and not one.is_least]
    for threat in first_policy().names:
        grades = [order.index(graded(dict.fromkeys(bad[:count], 1))[threat]) for count in range(len(bad) + 1)]
        assert grades == sorted(grades)


@pytest.mark.parametrize("missing", [None, math.nan])
def test_a_missing_signal_counts_for_nothing(missing):
    assert graded({"root_files": missing, "similar_devices": missing}) == graded({})


def test_a_signal_that_is_text_is_refused():
    with pytest.raises(IdentityInputError, match="'proxy' is 'yes'"):
        judge_terminal({"proxy": "yes"})


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("grades = 3", "'grades' is missing"),
        (GRADES.replace("likely = 4", "likely = 1") + THREAT + EVIDENCE, "must rise"),
        (GRADES + THREAT + EVIDENCE.replace('"root"', '"rot"'), "no threat has the id 'rot'"),
        (GRADES + THREAT + EVIDENCE.replace("is = 1", ""), "either 'is' or 'least'"),
        (GRADES + THREAT + EVIDENCE.replace("points = 3", "points = true"), "'points' must be a whole number"),
        (GRADES + THREAT + EVIDENCE + 'colour = "red"', "unknown entry 'colour'"),
        (GRADES + THREAT + EVIDENCE + "[[rule]]\nid = 1", "unknown entry 'rule'"),
        ("[[[", "not TOML"),
    ],
)
def test_a_wrong_policy_is_refused(text, named):
    with pytest.raises(IdentityInputError, match=named):
        parse_threats(text)


def test_a_broken_example_is_told():
    policy = parse_threats(
        GRADES + THREAT + EVIDENCE + '[[example]]\ntitle = "t"\nsignals = { su = 1 }\ngrades = { root = "none" }'
    )
    assert check_examples(policy) == ["t: root is 'suspicious', and must be 'none'"]


def test_farms_are_told_from_shops_developers_companies_and_campuses():
    frame, truth = next(fingerprints.make(10_000, 33)), next(fingerprints.truth(10_000, 33))
    device = truth["device_id"].astype("category").cat.codes
    grades = grades_of(signals_of(frame, device))
    kind = truth["kind"].groupby(device.to_numpy()).first()
    is_farm, said = (kind == "farm").to_numpy(), (grades["farm"] >= "likely").to_numpy()
    assert is_farm[said].mean() > 0.95
    assert said[is_farm].mean() > 0.75
    assert (grades["root"][kind == "developer"] <= "suspicious").all()
    assert (grades["proxy"][kind == "company"] <= "suspicious").all()
    assert (grades["farm"][kind == "campus"] == "none").all()


def test_signals_need_a_device_for_each_row():
    with pytest.raises(IdentityInputError, match="one for each row"):
        signals_of(next(fingerprints.make(10, 1)), next(fingerprints.truth(9, 1))["device_id"])
