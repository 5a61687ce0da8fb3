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
from fraud.rules.tokens import KEYWORDS, Token
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
        self._words = words
        self._lists = lists
        self._here = 0
        self._nesting = 0

    @property
    def _word(self) -> Token:
        return self._words[self._here]

    def _take(self) -> Token:
        word = self._word
        self._here += word.kind != "end"
        return word

    def _sees(self, *texts: str) -> bool:
        return self._word.kind in ("keyword", "sign") and self._word.text in texts

    def _expect(self, text: str, why: str) -> None:
        if not self._sees(text):
            raise ConditionError(f"expected {text!r} {why}, found {self._word}", *self._word.at)
        self._take()

    def whole(self) -> Node:
        """Read all words as one condition or value."""
        if len(self._words) == 1:
            raise ConditionError("the condition is empty; write 'true' for a rule that always hits", 1, 1)
        condition = self._expression(_OR)
        if self._word.kind != "end":
            hint = "; there are no functions" if self._sees("(") and isinstance(condition, Field) else ""
            hint = hint or nearest(self._word.text, dict.fromkeys(KEYWORDS)) if self._word.kind == "name" else hint
            raise ConditionError(f"expected an operator or the end, found {self._word}{hint}", *self._word.at)
        return condition

    def _expression(self, least: int) -> Node:
        """Read an operand and all operators after it that bind at least as strongly as `least`."""
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            what = f"nested more than {MAX_NESTING} levels deep; split the condition into several rules"
            raise ConditionError(what, *self._word.at)
        left = self._operand()
        while self._word.kind in ("keyword", "sign") and (rank := _RANK.get(self._word.text, 0)) >= least:
            left = self._after(left, rank)
        self._nesting -= 1
        return left

    def _operand(self) -> Node:
        word = self._take()
        if word.kind == "name":
            return Field(word.text, word.at)
        if word.kind == "text":
            return Text(word.text, word.at)
        if word.kind == "number":
            return self._number(word, 1, word.at)
        match word.text:
            case "true" | "false":
                return Truth(word.text == "true", word.at)
            case "not":
                return Not(self._expression(_COMPARE), word.at)
            case "-" if self._word.kind == "number":
                return self._number(self._take(), -1, word.at)
            case "-":
                return Minus(self._expression(_MULTIPLY + 1), word.at)
            case "(":
                inside = self._expression(_OR)
                self._expect(")", "to close the parenthesis")
                return inside
        raise ConditionError(_no_operand(word), *word.at)

    def _number(self, word: Token, sign: int, at: Place) -> Number:
        value = sign * Decimal(word.text)
        in_yuan = self._sees("yuan")
        if in_yuan:
            self._take()
            value *= 100
            if value % 1 or abs(value) >= 10**15:
                what = "is not a whole number of fen" if value % 1 else "is more than this program can count"
                raise ConditionError(f"{word.text} yuan {what}", *at)
        return Number(float(value) if value % 1 else int(value), in_yuan, at)

    def _after(self, left: Node, rank: int) -> Node:
        if rank == _COMPARE:
            return self._comparison(left)
        if rank >= _ADD:
            return self._chain(left, rank)
        operands, joint = [left], self._word.text
        while self._sees(joint):
            self._take()
            operands.append(self._expression(rank + 1))
        return And(tuple(operands), left.at) if rank == _AND else Or(tuple(operands), left.at)

    def _chain(self, first: Node, rank: int) -> Arithmetic:
        signs = ("+", "-") if rank == _ADD else ("*", "/")
        rest = []
        while self._sees(*signs):
            sign = self._take().text
            rest.append((sign, self._expression(rank + 1)))
        return Arithmetic(first, tuple(rest), first.at)

    def _comparison(self, left: Node) -> Node:
        word = self._take()
        if word.text == "not" and not self._sees("in", "between"):
            raise ConditionError(f"expected 'in' or 'between' after 'not', found {self._word}", *self._word.at)
        if word.text == "is":
            made = self._is_null(left)
        elif word.text in ("not", "in", "between"):
            made = Not(self._test(self._take(), left), left.at) if word.text == "not" else self._test(word, left)
        else:
            made = Comparison(word.text, left, self._expression(_ADD), left.at)
        if self._word.kind in ("keyword", "sign") and _RANK.get(self._word.text) == _COMPARE:
            what = f"{self._word} follows another comparison; join the two with 'and', or write 'between'"
            raise ConditionError(what, *self._word.at)
        return made

    def _is_null(self, left: Node) -> Node:
        negated = self._sees("not")
        if negated:
            self._take()
        self._expect("null", "after 'is'")
        if not isinstance(left, Field):
            raise ConditionError("only a field can be tested with 'is null'", *left.at)
        return Not(IsNull(left, left.at), left.at) if negated else IsNull(left, left.at)

    def _test(self, word: Token, left: Node) -> Node:
        if word.text == "in":
            return Membership(left, self._items(), left.at)
        low = self._expression(_ADD)
        self._expect("and", "between the two ends of 'between'")
        return Between(left, low, self._expression(_ADD), left.at)

    def _items(self) -> tuple[Number | Text, ...]:
        if self._word.kind == "name":
            return self._named_list(self._take())
        self._expect("[", "to open the list")
        found: list[Number | Text] = []
        while not found or self._sees(","):
            if found:
                self._take()
            word = self._word
            item = self._operand() if word.kind in ("number", "text") or self._sees("-") else None
            if not isinstance(item, Number | Text):
                raise ConditionError(f"a list holds numbers or texts, found {word}", *word.at)
            found.append(item)
        self._expect("]", "or ',' in the list")
        return tuple(found)

    def _named_list(self, word: Token) -> tuple[Number | Text, ...]:
        if word.text not in self._lists:
            hint = nearest(word.text, self._lists) or "; name it under [lists], or write its members in square brackets"
            raise ConditionError(f"unknown list {word.text!r}{hint}", *word.at)
        found = self._lists[word.text]
        return tuple(Text(item, word.at) if isinstance(item, str) else Number(item, at=word.at) for item in found)


def _no_operand(word: Token) -> str:
    if word.text == "null":
        return "a missing value is asked for with 'is null' or 'is not null'"
    if word.text == "yuan":
        return "'yuan' follows a number, such as 5_000 yuan"
    return f"expected a field, a number, a text or '(', found {word}"
