"""A condition cut into words: numbers, texts, names, keywords and signs, each with its line and column.

What does not belong to the language is refused here with what would be right, because people bring the habits
of other languages (`=`, `&&`, `'text'`) and of Chinese keyboards (`（`, `，`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from fraud.errors import ConditionError
from fraud.rules.syntax import Place

__all__ = ["KEYWORDS", "Token", "tokens"]

KEYWORDS = frozenset({"and", "or", "not", "in", "between", "is", "null", "true", "false", "yuan"})

_PATTERN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    | (?P<number>[0-9][0-9A-Za-z_.]*)
    | (?P<name>(?:[A-Za-z_]|\{[a-z_]+\})(?:[A-Za-z0-9_]|\{[a-z_]+\})*)
    | (?P<text>"(?:[^"\\\n]|\\.)*")
    | (?P<wrong><>|\*\*|//|&&?|\|\|?|=>|=<|===|=(?!=)|!(?!=))
    | (?P<sign>==|!=|<=|>=|[-<>+*/()\[\],])""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"[0-9]+(_[0-9]+)*(\.[0-9]+(_[0-9]+)*)?")
_ESCAPE = re.compile(r"\\(.)")
_PARAMETER = re.compile(r"\{([a-z_]+)\}")

_INSTEAD = {
    "=": "write == to compare",
    "===": "write == to compare",
    "<>": "write != for 'differs from'",
    "=>": "write >= for 'at least'",
    "=<": "write <= for 'at most'",
    "&&": "write 'and'",
    "&": "write 'and'",
    "||": "write 'or'",
    "|": "write 'or'",
    "!": "write 'not', or != for 'differs from'",
    "**": "only + - * / compute",
    "//": "only + - * / compute",
    "%": "only + - * / compute, and a share is written 0.05",
    "'": 'text stands in double quotes, such as "atm"',
    "“": 'text stands in plain double quotes, such as "atm"',
    "”": 'text stands in plain double quotes, such as "atm"',
    "（": "write the plain sign (",
    "）": "write the plain sign )",
    "，": "write the plain sign ,",
    "＝": "write ==",
    "＞": "write the plain sign >",
    "＜": "write the plain sign <",
    "≥": "write >=",
    "≤": "write <=",
    "≠": "write !=",
    ".": "a number begins with a digit, such as 0.5",
    "#": "a condition holds no comment; write it in the rulebook, above the rule",
    ";": "join conditions with 'and' or 'or'",
    "{": "a list stands in square brackets, such as [1, 2]",
    "元": "write 'yuan' after the number",
}


@dataclass(frozen=True)
class Token:
    """One word: a number (no underscores), a text (no quotes), a name, a keyword, a sign or the end."""

    kind: Literal["number", "text", "name", "keyword", "sign", "end"]
    text: str
    at: Place

    def __str__(self) -> str:
        """Return the word as a message quotes it."""
        return "the end" if self.kind == "end" else f"{self.text!r}"


def tokens(text: str, parameters: Mapping[str, str] | None = None) -> list[Token]:
    """Cut a condition into its words; the last one is the end.

    Parameters
    ----------
    text
        The condition, on one or more lines.
    parameters
        What stands for each parameter in braces, where a template is read. Alone, it may be several words, which then
        stand in parentheses; within a name or a text it is a part of it.

    Raises
    ------
    ConditionError
        At the first character that is not part of the language.

    Examples
    --------
    >>> [word.text for word in tokens("amount_fen >= 5_000 yuan")]
    ['amount_fen', '>=', '5000', 'yuan', '']
    >>> [word.text for word in tokens("{who}_count_{window} > {limit}", {"who": "card", "window": "1h", "limit": "9"})]
    ['card_count_1h', '>', '9', '']
    """
    found: list[Token] = []
    line, line_begins, here = 1, 0, 0
    while here < len(text):
        at = Place(line, here - line_begins + 1)
        match = _PATTERN.match(text, here)
        if match is None:
            raise ConditionError(_not_in_language(text[here]), *at)
        word = match.group()
        if match.lastgroup == "space":
            line += word.count("\n")
            line_begins = here + word.rfind("\n") + 1 if "\n" in word else line_begins
        else:
            found += _tokens(str(match.lastgroup), word, at, parameters)
        here = match.end()
    found.append(Token("end", "", Place(line, here - line_begins + 1)))
    return found


def _not_in_language(character: str) -> str:
    if character == '"':
        return "the text that begins here has no closing quote on its line"
    instead = _INSTEAD.get(character, "names are written in plain letters, digits and _")
    return f"{character!r} is not part of the language; {instead}"


def _tokens(kind: str, word: str, at: Place, parameters: Mapping[str, str] | None) -> list[Token]:
    if kind not in ("name", "text") or (parameters is None and kind == "text") or "{" not in word:
        return [_token(kind, word, at)]
    named = [name for name in _PARAMETER.findall(word) if name not in (parameters or {})]
    if parameters is None or named:
        hint = (
            f"; it has {', '.join(parameters)}" if parameters else "; a list stands in square brackets, such as [1, 2]"
        )
        raise ConditionError(f"'{{{named[0]}}}' is no parameter of a template{hint}", *at)
    whole = _PARAMETER.fullmatch(word)
    written = _PARAMETER.sub(lambda match: parameters[match[1]], word)
    if whole is None:
        return [_token(kind, written, at)] if kind == "text" else _tokens_at(written, at)
    words = _tokens_at(written, at)
    return (
        words if len(words) == 1 or words[0].text == "-" else [Token("sign", "(", at), *words, Token("sign", ")", at)]
    )


def _tokens_at(text: str, at: Place) -> list[Token]:
    """Cut what a parameter stands for into words, which all stand where the parameter does."""
    try:
        return [replace(word, at=at) for word in tokens(text)[:-1]]
    except ConditionError as refusal:
        raise ConditionError(refusal.what, *at) from None


def _token(kind: str, word: str, at: Place) -> Token:
    if kind == "number":
        return Token("number", _digits(word, at), at)
    if kind == "name":
        return _name(word, at)
    if kind == "text":
        return Token("text", _unquoted(word, at), at)
    if kind == "wrong":
        raise ConditionError(f"{word!r} is not part of the language; {_INSTEAD[word]}", *at)
    return Token("sign", word, at)


def _name(word: str, at: Place) -> Token:
    if word in KEYWORDS:
        return Token("keyword", word, at)
    if word.lower() in KEYWORDS:
        raise ConditionError(f"{word!r} is written in small letters: {word.lower()!r}", *at)
    return Token("name", word, at)


def _digits(word: str, at: Place) -> str:
    if word.endswith("yuan"):
        raise ConditionError(f"put a space before 'yuan': {word[:-4]} yuan", *at)
    if not _NUMBER.fullmatch(word):
        raise ConditionError(f"{word!r} is not a number; write it like 5_000 or 0.25, without an exponent", *at)
    digits = word.replace("_", "")
    if sum(map(str.isdigit, digits)) > 15:
        raise ConditionError(f"{word!r} has more than 15 digits, which a computer would round", *at)
    return digits


def _unquoted(word: str, at: Place) -> str:
    for match in _ESCAPE.finditer(word):
        if match.group(1) not in '"\\':
            escape = match.group()
            raise ConditionError(f'{escape} is not known inside a text; only \\" and \\\\ are', *at)
    inside = _ESCAPE.sub(r"\1", word[1:-1])
    if not inside.isprintable():
        raise ConditionError("a text holds no control characters; write only what can be seen", *at)
    return inside
