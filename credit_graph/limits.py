"""Whether lending to one customer or one group stays within the limits (授信集中度), to the fen.

A limit is data (`credit_graph/policies/limits.toml`): whose amount, which amount, which capital, at most which share,
and where that is written. An amount equal to the limit holds; one fen more breaches. No float decides: an amount
breaches when amount x denominator > capital x numerator, in whole numbers.

Banks among the customers (同业客户) have a limit of their own, all others theirs.

When it fails: the exposures must be complete. Exemptions (sovereigns, policy banks, eligible collateral, settlement
within the day) are not in the table of the house, nor are the stricter limits between systemically important banks. A
bank in breach because its capital fell is told the same as one that lent too much.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt
import pandas as pd

from credit_graph.errors import CapitalError, ExposureInputError, LimitPolicyError
from credit_graph.phrases import Words, part, yuan

__all__ = ["Capital", "Limit", "check_limits", "house_limits", "parse_limits"]

CHOICES = {
    "scope": ("party", "group"),
    "measure": ("loans_fen", "exposure_fen"),
    "capital": ("net_capital_fen", "net_tier1_capital_fen"),
    "customers": ("non_bank", "bank"),
}
OPTIONAL = {"effective", "customers"}
WORDS = ("name", "title_zh", "title_en", "source_zh", "source_en", "article", "checked")
CAPITAL_WORDS = {
    "net_capital_fen": Words("资本净额", "net capital"),
    "net_tier1_capital_fen": Words("一级资本净额", "net tier-1 capital"),
}
COLUMNS = {
    "client_id": object,
    "scope": object,
    "limit": object,
    "amount_fen": np.int64,
    "capital_fen": np.int64,
    "limit_fen": np.int64,
    "used_share": np.float64,
    "headroom_fen": np.int64,
    "breached": np.bool_,
    "article": object,
    "words_zh": object,
    "words_en": object,
}


@dataclass(frozen=True)
class Capital:
    """A bank's capital, in whole fen.

    Parameters
    ----------
    net_capital_fen
        资本净额.
    net_tier1_capital_fen
        一级资本净额, at most the net capital.

    Raises
    ------
    CapitalError
        If one is not a whole number of fen, negative, too large for 63 bits, or tier 1 exceeds the whole.
    """

    net_capital_fen: int
    net_tier1_capital_fen: int

    def __post_init__(self) -> None:
        """Refuse what cannot be a capital."""
        for field in ("net_capital_fen", "net_tier1_capital_fen"):
            value = getattr(self, field)
            if not isinstance(value, int | np.integer) or isinstance(value, bool) or not 0 <= value < 2**62:
                raise CapitalError(f"{field} is {value!r}; give a whole number of fen, 0 or more")
            object.__setattr__(self, field, int(value))
        if self.net_tier1_capital_fen > self.net_capital_fen:
            raise CapitalError(
                f"net_tier1_capital_fen is {self.net_tier1_capital_fen}; it is part of net_capital_fen, which is "
                f"{self.net_capital_fen}"
            )


@dataclass(frozen=True)
class Limit:
    """One limit, see the comments of `policies/limits.toml`.

    Raises
    ------
    LimitPolicyError
        If a field is empty, of the wrong kind, not one of the choices, or the share is not above 0 and at most 1.
    """

    name: str
    title_zh: str
    title_en: str
    scope: str
    measure: str
    capital: str
    share: Fraction
    source_zh: str
    source_en: str
    issued: date
    article: str
    checked: str
    effective: date | None = None
    customers: str = "non_bank"

    def __post_init__(self) -> None:
        """Refuse a limit that says something impossible."""
        for field in WORDS:
            if not isinstance(getattr(self, field), str) or not getattr(self, field).strip():
                raise LimitPolicyError(
                    f"{field} of the limit {self.name!r} is {getattr(self, field)!r}; give some words"
                )
        for field, choices in CHOICES.items():
            if getattr(self, field) not in choices:
                raise LimitPolicyError(
                    f"{field} of the limit {self.name!r} is {getattr(self, field)!r}; it must be {' or '.join(choices)}"
                )
        for field in ("issued", "effective"):
            value = getattr(self, field)
            if (value is not None or field == "issued") and (
                not isinstance(value, date) or isinstance(value, datetime)
            ):
                raise LimitPolicyError(f"{field} of the limit {self.name!r} is {value!r}; give a date, as 2018-05-04")
        if isinstance(self.share, bool) or not isinstance(self.share, int | Fraction) or not 0 < self.share <= 1:
            raise LimitPolicyError(f"share of the limit {self.name!r} is {self.share!r}; give a part, as 0.15 for 15 %")

    def limit_fen(self, capital: Capital) -> int:
        """Return the largest amount in fen that holds."""
        return int(getattr(capital, self.capital)) * self.share.numerator // self.share.denominator


def parse_limits(text: str) -> tuple[Limit, ...]:
    """Read limits from the text of a TOML table with one [[limit]] for each.

    Raises
    ------
    LimitPolicyError
        If the text is not TOML, a field is missing, unknown or impossible, or two limits have one name.

    Examples
    --------
    >>> parse_limits("[[limit]]")
    Traceback (most recent call last):
    credit_graph.errors.LimitPolicyError: the limit None lacks or does not know the field 'article'
    """
    try:
        table = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, ArithmeticError) as error:
        raise LimitPolicyError(f"the limits are not a TOML table: {error}") from error
    rows = table.get("limit")
    if set(table) != {"limit"} or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise LimitPolicyError(
            f"the table has {sorted(table)}; it must have [[limit]] for each limit, and nothing else"
        )
    must = set(Limit.__dataclass_fields__) - OPTIONAL
    limits = []
    for row in rows:
        wrong = sorted((must - set(row)) | (set(row) - must - OPTIONAL))
        if wrong:
            raise LimitPolicyError(f"the limit {row.get('name')!r} lacks or does not know the field {wrong[0]!r}")
        share = row["share"]
        is_number = isinstance(share, Decimal) and share.is_finite()
        limits.append(Limit(**{**row, "share": Fraction(share) if is_number else share}))
    names = [limit.name for limit in limits]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise LimitPolicyError(f"{names.count(twice[0])} limits are called {twice[0]!r}; give each a name of its own")
    return tuple(limits)


@cache
def house_limits() -> tuple[Limit, ...]:
    """Return the limits that come with the library, `credit_graph/policies/limits.toml`.

    Examples
    --------
    >>> [(limit.name, str(limit.share)) for limit in house_limits()][:2]
    [('single_loans', '1/10'), ('single_exposure', '3/20')]
    """
    return parse_limits((resources.files("credit_graph") / "policies/limits.toml").read_text("utf-8"))


def check_limits(
    exposures: pd.DataFrame, capital: Capital, policy: tuple[Limit, ...] | list[Limit] | None = None
) -> pd.DataFrame:
    """Hold every customer and group against every limit that applies to it.

    Parameters
    ----------
    exposures
        client_id, scope ("party" or "group"), loans_fen, exposure_fen, and perhaps kind: rows of the kind "bank" are
        held against the limits on banks, all others against the rest (`credit_graph.exposures.exposures`).
    capital
        The bank's.
    policy
        The limits; those of the house if left out.

    Returns
    -------
    client_id, scope, limit, amount_fen, capital_fen, limit_fen (the largest amount that holds), used_share (amount over
    limit: above 1 is a breach), headroom_fen (negative in a breach), breached, article, words_zh, words_en: the most
    used first.

    Raises
    ------
    ExposureInputError
        If a column is missing, a scope is unknown, or an amount is missing, negative or not a whole number of fen.

    Examples
    --------
    >>> exposures = pd.DataFrame({"client_id": ["F1", "F2"], "scope": ["party"] * 2, "loans_fen": [0, 0],
    ...                           "exposure_fen": [15_000, 15_001]})
    >>> found = check_limits(exposures, Capital(200_000, 100_000), [house_limits()[1]])
    >>> found[["client_id", "headroom_fen", "breached"]].to_numpy().tolist()
    [['F2', -1, True], ['F1', 0, False]]
    """
    rows = _checked(exposures)
    is_bank = rows["kind"] == "bank" if "kind" in rows.columns else pd.Series(False, index=rows.index)
    tables = []
    for limit in house_limits() if policy is None else policy:
        mine = rows[(rows["scope"] == limit.scope) & (is_bank == (limit.customers == "bank"))]
        most, amount = limit.limit_fen(capital), mine[limit.measure].to_numpy(np.int64)
        found = pd.DataFrame({"client_id": mine["client_id"].to_numpy(object), "scope": limit.scope})
        found["limit"], found["amount_fen"], found["capital_fen"] = limit.name, amount, getattr(capital, limit.capital)
        found["limit_fen"], found["headroom_fen"] = most, most - amount
        # whole amounts exceed the exact limit when they exceed its whole part
        found["breached"], found["used_share"] = amount > most, _used(amount, limit, capital)
        found["article"] = f"{limit.source_zh}{limit.article}"
        said = [_say(limit, str(one), int(value), most) for one, value in zip(mine["client_id"], amount, strict=True)]
        found["words_zh"], found["words_en"] = [one.zh for one in said], [one.en for one in said]
        tables.append(found[list(COLUMNS)].astype(COLUMNS))
    if not tables:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})
    order = ["used_share", "client_id", "limit"]
    return pd.concat(tables).sort_values(order, ascending=[False, True, True], kind="stable", ignore_index=True)


def _used(amount: npt.NDArray[np.int64], limit: Limit, capital: Capital) -> npt.NDArray[np.float64]:
    whole = float(getattr(capital, limit.capital) * limit.share)
    if whole == 0:
        return np.where(amount > 0, np.inf, 0.0)
    return np.asarray(amount / whole, np.float64)


def _say(limit: Limit, client: str, amount: int, most: int) -> Words:
    used, at_most, gap = yuan(amount), yuan(most), yuan(abs(most - amount))
    base, share = CAPITAL_WORDS[limit.capital], part(float(limit.share))
    verdict = (
        Words(f"超限 {gap.zh}", f"over by {gap.en}") if amount > most else Words(f"余额 {gap.zh}", f"{gap.en} left")
    )
    zh = f"{client} {limit.title_zh} {used.zh}，限额为{base.zh}的 {share}，即 {at_most.zh}：{verdict.zh}。"
    en = f"{client}, {limit.title_en}: {used.en} of at most {share} of {base.en}, {at_most.en}: {verdict.en}."
    return Words(f"{zh}依据{limit.source_zh}{limit.article}", f"{en} {limit.source_en}, {limit.article}")


def _checked(exposures: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in ("client_id", "scope", "loans_fen", "exposure_fen") if name not in exposures.columns]
    if missing:
        raise ExposureInputError(f"the table of exposures lacks the column {missing[0]!r}")
    unknown = exposures["client_id"][~exposures["scope"].isin(CHOICES["scope"])]
    if len(unknown):
        raise ExposureInputError(f"scope of {unknown.iat[0]!r} is neither party nor group")
    for name in ("loans_fen", "exposure_fen"):
        # an empty table has no amounts whose kind could be wrong
        if len(exposures) and not pd.api.types.is_integer_dtype(exposures[name]):
            raise ExposureInputError(f"{name} holds {exposures[name].dtype} values; give whole numbers of fen")
        amounts = exposures[name]
        bad = exposures["client_id"][amounts.isna() | (amounts < 0) | (amounts > 2**62)]
        if len(bad):
            raise ExposureInputError(f"{name} of {bad.iat[0]!r} is missing, negative or above {2**62}; give whole fen")
    return exposures
