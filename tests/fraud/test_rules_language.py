"""The language of conditions: how it binds, what it writes back, and what it refuses."""

import pytest

from fraud.errors import ConditionError
from fraud.rules import VOCABULARY, parse_condition, write
from fraud.rules.language import MAX_NESTING
from fraud.rules.syntax import And, Arithmetic, Comparison, Field, Minus, Not, Number, Or, Text, Truth, fields_of

A, B, C, D = (Field(name) for name in "abcd")


def test_every_feature_that_is_no_code_and_every_column_but_the_label_can_be_named():
    assert VOCABULARY["customer_sum_1h"] == VOCABULARY["amount_fen"] == "money"
    assert VOCABULARY["channel"] == "category"
    assert VOCABULARY["ip"] == "identifier"
    assert not {"is_fraud", "channel_code"} & set(VOCABULARY)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("true or true and false", Or((Truth(True), And((Truth(True), Truth(False)))))),
        ("(true or true) and false", And((Or((Truth(True), Truth(True))), Truth(False)))),
        ("not true and false", And((Not(Truth(True)), Truth(False)))),
        ("not a == b", Not(Comparison("==", A, B))),
        ("not not true", Not(Not(Truth(True)))),
        ("true and true and true", And((Truth(True),) * 3)),
        ("(true and true) and true", And((And((Truth(True),) * 2), Truth(True)))),
        ("a + b * c > d", Comparison(">", Arithmetic(A, (("+", Arithmetic(B, (("*", C),))),)), D)),
        ("a - b - c > d", Comparison(">", Arithmetic(A, (("-", B), ("-", C))), D)),
        ("a - (b - c) > d", Comparison(">", Arithmetic(A, (("-", Arithmetic(B, (("-", C),))),)), D)),
        ("a / b / c > d", Comparison(">", Arithmetic(A, (("/", B), ("/", C))), D)),
        ("-a * b > -3", Comparison(">", Arithmetic(Minus(A), (("*", B),)), Number(-3))),
        ("a > - -3", Comparison(">", A, Minus(Number(-3)))),
        ("a == 5_000 yuan", Comparison("==", A, Number(500_000, in_yuan=True))),
        ("a == 0.01 yuan", Comparison("==", A, Number(1, in_yuan=True))),
        ("a == 1.0", Comparison("==", A, Number(1))),
        ('a == "\\"\\\\"', Comparison("==", A, Text('"\\'))),
    ],
)
def test_text_means_what_its_precedence_says(text, meaning):
    assert parse_condition(text, check=False) == meaning


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hour not in [1, 2]", "not hour in [1, 2]"),
        ("hour is not null", "not hour is null"),
        ("hour not between 1 and 2 and true", "(not hour between 1 and 2) and true"),
        ("hour between 1 and 1 + 1", "hour between (1) and (1 + 1)"),
        ("hour\n  ==\t1", "hour==1"),
    ],
)
def test_two_ways_to_say_the_same(one, other):
    assert parse_condition(one) == parse_condition(other)


def test_yuan_is_exact_where_a_float_would_not_be():
    assert parse_condition("amount_fen == 1_135.70 yuan").right.value == 113_570
    assert parse_condition("amount_fen == 9_999_999_999_999.99 yuan").right.value == 999_999_999_999_999


def test_fields_are_named_once_in_order():
    assert fields_of(parse_condition('ip is null or hour > 1 and ip == "x"')) == ("ip", "hour")


REFUSED = {
    # what cannot be read
    "": (1, 1, "condition is empty"),
    "hour = 1": (1, 6, "write == to compare"),
    "hour === 1": (1, 6, "write == to compare"),
    "hour <> 1": (1, 6, "write !="),
    "hour => 1": (1, 6, "write >="),
    "hour =< 1": (1, 6, "write <="),
    "hour ≥ 1": (1, 6, "write >="),
    "hour ! 1": (1, 6, "write 'not'"),
    "hour > 1 && hour < 2": (1, 10, "write 'and'"),
    "hour > 1 | hour < 2": (1, 10, "write 'or'"),
    "hour ** 2 > 1": (1, 6, "only + - * /"),
    "hour // 2 > 1": (1, 6, "only + - * /"),
    "hour % 2 == 1": (1, 6, "only + - * /"),
    "channel == 'atm'": (1, 12, "double quotes"),
    "channel == “atm”": (1, 12, "double quotes"),
    'channel == "atm': (1, 12, "no closing quote"),
    'channel == "a\ntm"': (1, 12, "no closing quote"),
    'channel == "a\\n"': (1, 12, "is not known inside a text"),
    'channel == "a\x07"': (1, 12, "control characters"),
    "（hour > 1）": (1, 1, "plain sign ("),
    "金额 > 1": (1, 1, "plain letters"),
    "amount_fen > 5元": (1, 15, "write 'yuan'"),
    "amount_fen > 5yuan": (1, 14, "put a space before 'yuan'"),
    "hour > .5": (1, 8, "begins with a digit"),
    "hour > 5.": (1, 8, "is not a number"),
    "hour > 1e3": (1, 8, "without an exponent"),
    "hour > 1__0": (1, 8, "is not a number"),
    "hour > 1_": (1, 8, "is not a number"),
    "hour > 0x1F": (1, 8, "is not a number"),
    "hour > 1234567890123456": (1, 8, "more than 15 digits"),
    "hour > 1 AND hour < 2": (1, 10, "small letters: 'and'"),
    "hour > 1 # late": (1, 10, "no comment"),
    "hour > 1; hour < 2": (1, 9, "join conditions"),
    "hour in {1}": (1, 9, "square brackets"),
    "hour >": (1, 7, "found the end"),
    "hour > 1 and": (1, 13, "found the end"),
    "> 1": (1, 1, "expected a field"),
    "(hour > 1": (1, 10, "expected ')' to close"),
    "hour > 1)": (1, 9, "an operator or the end, found ')'"),
    "hour 1": (1, 6, "an operator or the end"),
    "max(hour, 1) > 1": (1, 4, "there are no functions"),
    "1 < hour < 5": (1, 10, "join the two with 'and'"),
    "hour in 1": (1, 9, "expected '['"),
    "hour in []": (1, 10, "numbers or texts"),
    "hour in [1,]": (1, 12, "numbers or texts"),
    "hour in [weekday]": (1, 10, "numbers or texts"),
    "hour in [1 2]": (1, 12, "or ',' in the list"),
    "hour between 1": (1, 15, "expected 'and'"),
    "hour between 1 or 2": (1, 16, "expected 'and'"),
    "hour not 1": (1, 10, "'in' or 'between' after 'not'"),
    "hour is 1": (1, 9, "expected 'null'"),
    "hour == null": (1, 9, "asked for with 'is null'"),
    "hour + 1 is null": (1, 1, "only a field"),
    "yuan > 1": (1, 1, "follows a number"),
    "amount_fen > 0.001 yuan": (1, 14, "not a whole number of fen"),
    "amount_fen > 99_999_999_999_999 yuan": (1, 14, "more than this program can count"),
    # what can be read and has no meaning
    "amont_fen > 1": (1, 1, "unknown field 'amont_fen'; did you mean 'amount_fen'?"),
    "channel_code > 1": (1, 1, "did you mean 'channel'?"),
    "channel == zzz": (1, 12, 'write "zzz" in double quotes'),
    "hour == None": (1, 9, "asked for with 'is null'"),
    "is_fraud == 1": (1, 1, "is the label"),
    "new_device": (1, 1, "write for example new_device == 1"),
    "hour > 1 and 5": (1, 14, "5 is a number, not a condition"),
    "not channel": (1, 5, "'channel' is text, not a condition"),
    '"atm"': (1, 1, "is text, not a condition"),
    "new_device == true": (1, 15, "compared with 1 or 0"),
    "(hour > 1) == (hour > 2)": (1, 2, "is a condition and cannot be compared"),
    "channel > 5": (1, 1, "'channel' is text and 5 is a number"),
    'hour == "5"': (1, 1, "'hour' is a number and \"5\" is text"),
    'channel < "atm"': (1, 1, "only == and !="),
    'customer_id >= "a"': (1, 1, "only == and !="),
    'customer_id between "a" and "b"': (1, 1, "'between' compares numbers only"),
    "customer_id == 17": (1, 1, "'customer_id' is an identifier and 17 is a number"),
    "channel + 1 > 2": (1, 1, "computes with numbers only"),
    "channel / 2 > 2": (1, 1, "computes with numbers only"),
    "-channel > 2": (1, 2, "computes with numbers only"),
    "occurred_at > 5": (1, 1, "use hour and weekday"),
    "occurred_at + 1 > 5": (1, 1, "computes with numbers only"),
    "1 < 2": (1, 1, "two constants"),
    "1 in [1, 2]": (1, 1, "constants"),
    "1 between 0 and 2": (1, 1, "constants"),
    "hour / 0 > 1": (1, 8, "division by zero"),
    "hour > 5 yuan": (1, 1, "not money"),
    "amount_fen > customer_count_1h": (1, 1, "cannot be compared"),
    "amount_fen + hour > 1": (1, 14, "cannot mix money"),
    "amount_fen * customer_sum_1h > 1": (1, 14, "money times money"),
    "hour / amount_fen > 1": (1, 8, "cannot be divided by money"),
    "amount_fen > 0.5": (1, 14, "counts whole fen"),
    "amount_fen in [1, 0.5]": (1, 19, "counts whole fen"),
    "hour between 5 and 1": (1, 14, "the lower end comes first"),
    "hour in [1, 1.0]": (1, 13, "stands in the list twice"),
    'hour in [1, "a"]': (1, 1, "cannot be compared"),
    'channel == "ATM"': (1, 12, "'channel' is never \"ATM\"; it is one of counter, atm"),
    'kind in ["transfer", "refund"]': (1, 22, "is never"),
    "hour > 1 and\n  amont_fen > 1": (2, 3, "unknown field"),
    "hour > 1 and\n  weekday = 2": (2, 11, "write == to compare"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_wrong_condition_is_refused_with_its_place_and_what_would_be_right(text):
    line, column, part = REFUSED[text]
    with pytest.raises(ConditionError) as refusal:
        parse_condition(text, rule="x")
    assert part in str(refusal.value)
    assert str(refusal.value).startswith(f"rule 'x', line {line}, column {column}: ")


@pytest.mark.parametrize(
    ("before", "after"),
    [("(", ")"), ("not ", ""), ("not (", ")"), ("true and (", ")"), ("hour > 1 or true and (", ")")],
)
def test_deep_nesting_is_refused_in_words(before, after):
    for deep in (MAX_NESTING, 2_000):
        with pytest.raises(ConditionError, match="nested more than 64 levels deep"):
            parse_condition(before * deep + "true" + after * deep)


def test_deep_arithmetic_is_refused_in_words():
    for before, after in (("-", ""), ("1 + 2 * (", ")"), ("true and 1 == 2 + 3 * (", ")")):
        with pytest.raises(ConditionError, match="nested more than 64 levels deep"):
            parse_condition(before * 2_000 + "hour" + after * 2_000, check=False)


def test_nesting_up_to_the_limit_is_read():
    deep = MAX_NESTING - 2
    assert parse_condition("(" * deep + "hour == 1" + ")" * deep) == parse_condition("hour == 1")


def test_long_condition_is_read():
    long = " or ".join(f"hour + {number} - {number} == {number}" for number in range(2_000))
    condition = parse_condition(long)
    assert len(condition.operands) == 2_000
    assert parse_condition(write(condition)) == condition
