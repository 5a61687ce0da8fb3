"""Day counts and prices of discounts: published examples, the calendar's corners, and the twin in fractions."""

from datetime import datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.contracts.discounts import CONVENTIONS, days_between, price
from ledger.errors import SumError
from ledger.reference import discounts as twin

CHINA = timezone(timedelta(hours=8))
YEAR = {"ACT/360": 360, "ACT/365F": 365, "30/360": 360}


def at(day: str, hour: int = 12) -> int:
    """The moment of an hour of a day in China."""
    return int(datetime.fromisoformat(day).replace(hour=hour, tzinfo=CHINA).timestamp())


ISDA = """
2007-01-15 2007-01-30   15   15
2007-01-15 2007-02-15   30   31
2007-01-15 2007-07-15  180  181
2007-09-30 2008-03-31  180  183
2007-09-30 2007-10-31   30   31
2007-09-30 2008-09-30  360  366
2007-01-15 2007-01-31   16   16
2007-01-31 2007-02-28   28   28
2007-02-28 2007-03-31   33   31
2006-08-31 2007-02-28  178  181
2007-02-28 2007-08-31  183  184
2007-02-14 2007-02-28   14   14
2007-02-26 2008-02-29  363  368
2008-02-29 2009-02-28  359  365
2008-02-29 2008-03-30   31   30
2008-02-29 2008-03-31   32   31
2007-02-28 2007-03-05    7    5
2007-10-31 2007-11-28   28   28
2007-08-31 2008-02-29  179  182
2008-02-29 2008-08-31  182  184
2008-08-31 2009-02-28  178  181
2009-02-28 2009-08-31  183  184
"""
"""First and last day, days by 30/360 (bond basis) and actual days: the comparison that ISDA publishes with its 2006
Definitions (30-360-2006ISDADefs.xls)."""

QUANTLIB = """
2006-08-20 2007-02-20  180
2006-08-31 2007-02-28  178
2006-01-31 2006-02-28   28
2006-01-30 2006-02-28   28
2006-02-28 2006-03-03    5
2006-09-30 2006-10-31   30
2008-02-28 2008-08-28  180
2008-02-28 2008-08-30  182
2008-02-28 2008-08-31  183
2007-02-26 2008-02-28  362
2008-02-28 2008-03-30   32
2008-02-28 2008-03-31   33
"""
"""Days by 30/360 (bond basis) in ISDA's other examples, as QuantLib tests them."""


@pytest.mark.parametrize("line", ISDA.strip().splitlines())
def test_days_are_those_that_isda_publishes(line: str) -> None:
    first, last, months, actual = line.split()
    assert days_between(at(first), at(last), "30/360") == int(months)
    for convention in ("ACT/360", "ACT/365F"):
        assert days_between(at(first), at(last), convention) == int(actual)


@pytest.mark.parametrize("line", QUANTLIB.strip().splitlines())
def test_days_of_30_360_are_those_of_another_library(line: str) -> None:
    first, last, months = line.split()
    assert days_between(at(first), at(last), "30/360") == int(months)


def test_it_is_the_bond_basis_and_not_one_of_its_cousins() -> None:
    """30E/360 would give 182 and 30E/360 ISDA 180, the American rule for February 180."""
    assert days_between(at("2007-02-28"), at("2007-08-31"), "30/360") == 183


@pytest.mark.parametrize("last", range(28, 32))
@pytest.mark.parametrize("first", range(28, 32))
def test_ends_of_long_months(first: int, last: int) -> None:
    """From January to March of a leap year: the 31st counts as the 30th, at the end only after a 30th or 31st."""
    wanted = 60 + (30 if last == 31 and first >= 30 else last) - min(first, 30)
    assert days_between(at(f"2028-01-{first}"), at(f"2028-03-{last}"), "30/360") == wanted


@pytest.mark.parametrize(("year", "days"), [(2027, 365), (2028, 366), (2000, 366), (2100, 365)])
def test_a_year_has_its_actual_days(year: int, days: int) -> None:
    first, last = at(f"{year}-01-01"), at(f"{year + 1}-01-01")
    assert [days_between(first, last, one) for one in CONVENTIONS] == [days, days, 360]


def test_days_begin_at_midnight_in_china() -> None:
    before, after = at("2026-12-01", 0) - 1, at("2026-12-01", 0)
    for convention in CONVENTIONS:
        assert days_between(before, after, convention) == 1
        assert days_between(after, after + 86_399, convention) == 0


def test_the_last_day_of_the_calendar_can_be_due() -> None:
    assert days_between(0, 253_402_271_999, "ACT/360") == 2_932_896
    assert days_between(0, 253_402_271_999, "30/360") == 360 * 8029 + 30 * 11 + 30


near = st.tuples(st.integers(1_700_000_000, 2_000_000_000), st.integers(0, 400 * 86_400))


@given(near, st.sampled_from(CONVENTIONS))
def test_days_are_those_of_the_twin(pair: tuple[int, int], convention: str) -> None:
    start, length = pair
    days = days_between(start, start + length, convention)
    assert Fraction(days, YEAR[convention]) == twin.day_fraction(start, start + length, convention)
    assert days >= 0


@given(st.integers(1, 2**53 - 1), st.integers(0, 10_000), st.integers(0, 40_000), st.sampled_from(CONVENTIONS))
def test_prices_are_those_of_the_twin(amount: int, rate: int, days: int, convention: str) -> None:
    right = twin.price(amount, rate, Fraction(days, YEAR[convention]))
    if right <= 0:
        with pytest.raises(SumError, match="nothing would be left to pay"):
            price(amount, rate, days, convention)
        return
    found = price(amount, rate, days, convention)
    assert found == right
    assert 0 < found <= amount
    assert abs(amount - found - Fraction(amount * rate * days, 10_000 * YEAR[convention])) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("amount", "rate", "days", "interest"),
    [
        (1_800_000, 1, 1, 1),  # 0.5 fen is rounded up
        (1_799_999, 1, 1, 0),  # a little less is not
        (5_400_000, 1, 1, 2),  # 1.5 fen
        (9_000_000, 1, 1, 3),  # 2.5 fen: half up, not to the even neighbour
        (2**53 - 1, 1, 360, 900_719_925_474),  # 900719925474.0991
        (1, 10_000, 1, 0),
        (100_000_000, 315, 90, 787_500),
    ],
)
def test_half_a_fen_is_rounded_up(amount: int, rate: int, days: int, interest: int) -> None:
    assert amount - price(amount, rate, days, "ACT/360") == interest


@given(st.integers(1, 2**53 - 1), st.integers(0, 5_000), st.integers(0, 360))
def test_a_dearer_rate_or_a_longer_time_never_gives_a_higher_price(amount: int, rate: int, days: int) -> None:
    here = price(amount, rate, days, "ACT/365F")
    assert price(amount, rate + 1, days, "ACT/365F") <= here
    assert price(amount, rate, days + 1, "ACT/365F") <= here


def test_nothing_is_paid_where_interest_eats_the_sum() -> None:
    assert price(2, 10_000, 180, "ACT/360") == 1
    with pytest.raises(SumError):
        price(2, 10_000, 270, "ACT/360")
    with pytest.raises(SumError):
        price(1_000, 10_000, 360, "ACT/360")


def test_before_the_beginning_there_is_no_interest() -> None:
    assert price(1_000, 500, -3, "ACT/360") == 1_000
