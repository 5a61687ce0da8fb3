"""Who shares a representative, officer, agent, address or telephone number, and whether that says something.

Case 7-1 of the white paper (陇银e通) watches four signs: many accounts with one legal representative, one officer, one
agent, one address. A rule is data (`credit_graph/policies/groups.toml`): the attribute, at least how many parties, at
most how many, within how many days of each other they began to share it, and how much it weighs. What more than `most`
parties share (a book-keeping agency, an office tower) is ignored and said so; what weighs less than `needed` links two
parties only together with another, different attribute.

When it fails: a nominee representative hired for a hundred shells is beyond `most`; a window cannot be judged where
the beginnings are not known, and then everybody counts as within it.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from credit_graph.errors import AttributeRuleError
from credit_graph.graph import Graph

__all__ = ["AttributePolicy", "AttributeRule", "Shared", "house_attribute_policy", "parse_attribute_policy", "shared"]

COLUMNS = ("from_id", "to_id", "attribute", "valid_from")


@dataclass(frozen=True)
class AttributeRule:
    """When sharing one kind of attribute counts, see the comments of `policies/groups.toml`."""

    attribute: str
    title_zh: str
    title_en: str
    at_least: int
    most: int
    weight: int
    within_days: int | None = None

    def __post_init__(self) -> None:
        """Refuse a rule that says something impossible."""
        for field in ("attribute", "title_zh", "title_en"):
            if not isinstance(getattr(self, field), str) or not getattr(self, field):
                raise AttributeRuleError(f"{field} of a rule is {getattr(self, field)!r}; give some words")
        for field, least in (("at_least", 2), ("most", self.at_least), ("weight", 1), ("within_days", 0)):
            value = getattr(self, field)
            if field == "within_days" and value is None:
                continue
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise AttributeRuleError(
                    f"{field} of the rule {self.attribute!r} is {value!r}; give a whole number of at least {least}"
                )


@dataclass(frozen=True)
class AttributePolicy:
    """All rules, and the weight that links two parties."""

    rules: tuple[AttributeRule, ...]
    needed: int

    def __post_init__(self) -> None:
        """Refuse two rules for one attribute, or a weight that nothing must reach."""
        names = [rule.attribute for rule in self.rules]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise AttributeRuleError(f"attribute {twice[0]!r} has {names.count(twice[0])} rules; give it one")
        if not isinstance(self.needed, int) or isinstance(self.needed, bool) or self.needed < 1:
            raise AttributeRuleError(f"needed is {self.needed!r}; give a whole number of at least 1")


@dataclass(frozen=True, eq=False)
class Shared:
    """What parties share.

    Parameters
    ----------
    pairs
        party_a, party_b (a before b), attribute, attribute_id, parties (how many share it), weight.
    ignored
        attribute_id, attribute, parties, most: shared by more than `most`.
    """

    pairs: pd.DataFrame
    ignored: pd.DataFrame


def parse_attribute_policy(text: str) -> AttributePolicy:
    r"""Read the rules from the text of a TOML table.

    Raises
    ------
    AttributeRuleError
        If the text is not TOML, or a field is missing, unknown or impossible.

    Examples
    --------
    >>> rule = 'attribute = "agent"\ntitle_zh = "代理人"\ntitle_en = "agent"\nat_least = 3\nmost = 9\nweight = 1'
    >>> parse_attribute_policy("needed = 2\n[[rule]]\n" + rule).rules[0].at_least
    3
    """
    try:
        table: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise AttributeRuleError(f"the rules are not a TOML table: {error}") from error
    rules = table.get("rule")
    if (
        set(table) - {"needed", "rule"}
        or not isinstance(rules, list)
        or not all(isinstance(one, dict) for one in rules)
    ):
        raise AttributeRuleError(f"the table has {sorted(table)}; it must have needed, and [[rule]] for each attribute")
    must = {"attribute", "title_zh", "title_en", "at_least", "most", "weight"}
    for one in rules:
        wrong = sorted((must - set(one)) | (set(one) - must - {"within_days"}))
        if wrong:
            raise AttributeRuleError(f"the rule {one.get('attribute')!r} lacks or does not know the field {wrong[0]!r}")
    return AttributePolicy(tuple(AttributeRule(**one) for one in rules), table.get("needed", 0))


@cache
def house_attribute_policy() -> AttributePolicy:
    """Return the rules that come with the library, `credit_graph/policies/groups.toml`.

    Examples
    --------
    >>> [rule.attribute for rule in house_attribute_policy().rules]
    ['legal_representative', 'officer', 'agent', 'address', 'phone']
    """
    return parse_attribute_policy((resources.files("credit_graph") / "policies/groups.toml").read_text("utf-8"))


def shared(graph: Graph, attributes: pd.DataFrame | None = None, policy: AttributePolicy | None = None) -> Shared:
    """Return every pair of parties that shares an attribute as its rule asks.

    Parameters
    ----------
    graph
        Its layer `shared_attribute` is read if no table is given; it has no beginnings, so that windows do not bind.
    attributes
        The table of `credit_graph.tables`: from_id (the party), to_id (the value), attribute (its type), valid_from (a
        date, missing where unknown), and perhaps valid_to. What is not valid on the day of the graph is left out.
    policy
        The rules; those of the house if left out. Attributes without a rule are not looked at.

    Raises
    ------
    AttributeRuleError
        If a column is missing, an identifier is missing, or a beginning or end is not a date.
    UnknownPartyError
        If the graph does not hold a party.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> ties = [("F1", "address:H1"), ("F2", "address:H1"), ("F3", "address:H2")]
    >>> shared(small_graph(shared_attribute=ties)).pairs[["party_a", "party_b", "attribute_id"]].to_numpy().tolist()
    [['F1', 'F2', 'address:H1']]
    """
    rules = {rule.attribute: rule for rule in (policy or house_attribute_policy()).rules}
    table = _checked(graph, attributes) if attributes is not None else _of_layer(graph)
    table = table[table["attribute"].isin(list(rules))]
    sharing = table.groupby("attribute_id", sort=True)["party_id"].nunique()
    wide = table["attribute_id"].map(sharing)
    most, least = (
        table["attribute"].map({name: getattr(rule, field) for name, rule in rules.items()})
        for field in ("most", "at_least")
    )
    columns = ["attribute_id", "attribute"]
    ignored = table.loc[wide > most, columns].drop_duplicates().sort_values(columns, ignore_index=True)
    ignored["parties"] = ignored["attribute_id"].map(sharing).astype(np.int64)
    ignored["most"] = ignored["attribute"].map({name: rule.most for name, rule in rules.items()}).astype(np.int64)
    rows: list[tuple[str, str, str, str, int, int]] = []
    kept = table[(wide <= most) & (wide >= least)].sort_values(["attribute_id", "day", "party_id"], kind="stable")
    for known, one in kept.groupby("attribute_id", sort=True):
        rule = rules[str(known).split(":", 1)[0]]
        for a, b in sorted(_pairs(one["party_id"].tolist(), one["day"].tolist(), rule)):
            rows.append((a, b, rule.attribute, str(known), int(sharing[known]), rule.weight))
    names = ["party_a", "party_b", "attribute", "attribute_id", "parties", "weight"]
    pairs = pd.DataFrame(rows, columns=names).astype({"parties": np.int64, "weight": np.int64})
    return Shared(pairs.sort_values(names[:4], kind="stable", ignore_index=True), ignored)


def _pairs(parties: list[str], days: list[float], rule: AttributeRule) -> set[tuple[str, str]]:
    """Pairs that lie in one window with enough parties; every widest window begins at somebody's beginning."""
    if rule.within_days is None:
        together = sorted(set(parties))
        return {(a, b) for place, a in enumerate(together) for b in together[place + 1 :]}
    found: set[tuple[str, str]] = set()
    # an unknown beginning counts as within every window
    unknown = {party for party, day in zip(parties, days, strict=True) if day != day}
    known = [(day, party) for day, party in zip(days, parties, strict=True) if day == day]
    for place, (first, _) in enumerate(known or [(0.0, "")]):
        inside = unknown | {party for day, party in known[place:] if day <= first + rule.within_days}
        if len(inside) >= rule.at_least:
            together = sorted(inside)
            found |= {(a, b) for at, a in enumerate(together) for b in together[at + 1 :]}
    return found


def _of_layer(graph: Graph) -> pd.DataFrame:
    ties = graph.layers["shared_attribute"]
    frame = pd.DataFrame({"party_id": graph.ids[ties.tail], "attribute_id": graph.ids[ties.head]}, dtype=object)
    frame["attribute"] = frame["attribute_id"].astype(str).str.split(":", n=1).str[0].astype(object)
    frame["day"] = np.nan
    return frame


def _checked(graph: Graph, attributes: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in COLUMNS if name not in attributes.columns]
    if missing:
        raise AttributeRuleError(f"the table of shared attributes lacks the column {missing[0]!r}")
    today = pd.Timestamp(graph.as_of)
    begins = _dates(attributes, "valid_from")
    is_valid = ~(begins > today)
    if "valid_to" in attributes.columns:
        is_valid &= ~(_dates(attributes, "valid_to") < today)
    kept = attributes[is_valid.to_numpy()]
    for name in ("from_id", "to_id", "attribute"):
        if kept[name].isna().any():
            raise AttributeRuleError(
                f"row {kept.index[kept[name].isna()][0]} of the shared attributes has no {name}; give one"
            )
    graph.codes(kept["from_id"])
    frame = pd.DataFrame({"party_id": kept["from_id"].astype(object), "attribute": kept["attribute"].astype(object)})
    frame["attribute_id"] = [f"{kind}:{value}" for kind, value in zip(kept["attribute"], kept["to_id"], strict=True)]
    frame["day"] = (begins[is_valid.to_numpy()] - pd.Timestamp(0)) / pd.Timedelta(days=1)
    return frame.astype({"attribute_id": object}).reset_index(drop=True)


def _dates(attributes: pd.DataFrame, name: str) -> "pd.Series[Any]":
    try:
        return pd.to_datetime(attributes[name])
    except (ValueError, TypeError) as error:
        raise AttributeRuleError(f"{name} of the shared attributes holds what is not a date: {error}") from error
