"""From words to nodes: a parser by operator precedence, which refuses with what was expected.

What the language means is written in `fraud.rules.language`.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, TypeAlias

from fraud.errors import ConditionError
from fraud.rules.syntax import (
    And,
    Arithmetic,
    Between,
    Comparison,
    Field,
    IsNull,
    Membership,
    Minus,
    Node,
    Not,
    Number,
    Or,
    Place,
    Text,
    Truth,
)
from fraud.rules.tokens import Token
from fraud.rules.vocabulary import nearest

__all__ = ["MAX_NESTING", "Lists", "Parser"]

MAX_NESTING: Final = 64
"""How many levels of operators and parentheses may stand inside each other."""

Lists: TypeAlias = Mapping[str, tuple[int | float | str, ...]]
"""Named lists of a rulebook, for `country in high_risk_countries`."""


_OR, _AND, _NOT, _COMPARE, _ADD, _MULTIPLY = range(1, 7)
_RANK = {
    "or": _OR,
    "and": _AND,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">=", "in", "not", "between", "is"), _COMPARE),
    **dict.fromkeys("+-", _ADD),
    **dict.fromkeys("*/", _MULTIPLY),
}


class Parser:
    """Reads words from left to right; each method takes the words of what it returns."""

    def __init__(self, words: list[Token], lists: Lists) -> None:
        self.words = words
        self.lists = lists
        self.here = 0
        self.nesting = 0

    @property
    def word(self) -> Token:
        return self.words[self.here]

    def take(self) -> Token:
        word = self.word
        self.here += word.kind != "end"
        return word

    def sees(self, *texts: str) -> bool:
        return self.word.kind in ("keyword", "sign") and self.word.text in texts

    def expect(self, text: str, why: str) -> None:
        if not self.sees(text):
            raise ConditionError(f"expected {text!r} {why}, found {self.word}", *self.word.at)
        self.take()

    def whole(self) -> Node:
        if len(self.words) == 1:
            raise ConditionError("the condition is empty; write 'true' for a rule that always hits", 1, 1)
        condition = self.expression(_OR)
        if self.word.kind != "end":
            hint = "; there are no functions" if self.sees("(") and isinstance(condition, Field) else ""
            raise ConditionError(f"expected an operator or the end, found {self.word}{hint}", *self.word.at)
        return condition

    def expression(self, least: int) -> Node:
        """Read an operand and all operators after it that bind at least as strongly as `least`."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            what = f"nested more than {MAX_NESTING} levels deep; split the condition into several rules"
            raise ConditionError(what, *self.word.at)
        left = self.operand()
        while self.word.kind in ("keyword", "sign") and (rank := _RANK.get(self.word.text, 0)) >= least:
            left = self.after(left, rank)
        self.nesting -= 1
        return left

    def operand(self) -> Node:
        word = self.take()
        if word.kind == "name":
            return Field(word.text, word.at)
        if word.kind == "text":
            return Text(word.text, word.at)
        if word.kind == "number":
            return self.number(word, 1, word.at)
        match word.text:
            case "true" | "false":
                return Truth(word.text == "true", word.at)
            case "not":
                return Not(self.expression(_COMPARE), word.at)
            case "-" if self.word.kind == "number":
                return self.number(self.take(), -1, word.at)
            case "-":
                return Minus(self.expression(_MULTIPLY + 1), word.at)
            case "(":
                inside = self.expression(_OR)
                self.expect(")", "to close the parenthesis")
                return inside
        raise ConditionError(_no_operand(word), *word.at)

    def number(self, word: Token, sign: int, at: Place) -> Number:
        value = sign * Decimal(word.text)
        in_yuan = self.sees("yuan")
        if in_yuan:
            self.take()
            value *= 100
            if value % 1 or abs(value) >= 10**15:
                what = "is not a whole number of fen" if value % 1 else "is more than this program can count"
                raise ConditionError(f"{word.text} yuan {what}", *at)
        return Number(float(value) if value % 1 else int(value), in_yuan, at)

    def after(self, left: Node, rank: int) -> Node:
        if rank == _COMPARE:
            return self.comparison(left)
        if rank >= _ADD:
            return self.chain(left, rank)
        operands, joint = [left], self.word.text
        while self.sees(joint):
            self.take()
            operands.append(self.expression(rank + 1))
        return And(tuple(operands), left.at) if rank == _AND else Or(tuple(operands), left.at)

    def chain(self, first: Node, rank: int) -> Arithmetic:
        signs = ("+", "-") if rank == _ADD else ("*", "/")
        rest = []
        while self.sees(*signs):
            sign = self.take().text
            rest.append((sign, self.expression(rank + 1)))
        return Arithmetic(first, tuple(rest), first.at)

    def comparison(self, left: Node) -> Node:
        word = self.take()
        if word.text == "not" and not self.sees("in", "between"):
            raise ConditionError(f"expected 'in' or 'between' after 'not', found {self.word}", *self.word.at)
        if word.text == "is":
            made = self.is_null(left)
        elif word.text in ("not", "in", "between"):
            made = Not(self.test(self.take(), left), left.at) if word.text == "not" else self.test(word, left)
        else:
            made = Comparison(word.text, left, self.expression(_ADD), left.at)
        if self.word.kind in ("keyword", "sign") and _RANK.get(self.word.text) == _COMPARE:
            what = f"{self.word} follows another comparison; join the two with 'and', or write 'between'"
            raise ConditionError(what, *self.word.at)
        return made

    def is_null(self, left: Node) -> Node:
        negated = self.sees("not")
        if negated:
            self.take()
        self.expect("null", "after 'is'")
        if not isinstance(left, Field):
            raise ConditionError("only a field can be tested with 'is null'", *left.at)
        return Not(IsNull(left, left.at), left.at) if negated else IsNull(left, left.at)

    def test(self, word: Token, left: Node) -> Node:
        if word.text == "in":
            return Membership(left, self.items(), left.at)
        low = self.expression(_ADD)
        self.expect("and", "between the two ends of 'between'")
        return Between(left, low, self.expression(_ADD), left.at)

    def items(self) -> tuple[Number | Text, ...]:
        if self.word.kind == "name":
            return self.named_list(self.take())
        self.expect("[", "to open the list")
        found: list[Number | Text] = []
        while not found or self.sees(","):
            if found:
                self.take()
            word = self.word
            item = self.operand() if word.kind in ("number", "text") or self.sees("-") else None
            if not isinstance(item, Number | Text):
                raise ConditionError(f"a list holds numbers or texts, found {word}", *word.at)
            found.append(item)
        self.expect("]", "or ',' in the list")
        return tuple(found)

    def named_list(self, word: Token) -> tuple[Number | Text, ...]:
        if word.text not in self.lists:
            hint = nearest(word.text, self.lists) or "; name it under [lists], or write its members in square brackets"
            raise ConditionError(f"unknown list {word.text!r}{hint}", *word.at)
        found = self.lists[word.text]
        return tuple(Text(item, word.at) if isinstance(item, str) else Number(item, at=word.at) for item in found)


def _no_operand(word: Token) -> str:
    if word.text == "null":
        return "a missing value is asked for with 'is null' or 'is not null'"
    if word.text == "yuan":
        return "'yuan' follows a number, such as 5_000 yuan"
    return f"expected a field, a number, a text or '(', found {word}"
