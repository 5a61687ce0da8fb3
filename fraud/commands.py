"""The anti-fraud engine's own commands, mounted by the roof: rulebooks (`hexi fraud rules`), engines, and serving.

Exit codes: 0 it holds, 1 an example is not kept, 2 a wrong file or wrong usage.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fraud import engine_commands as engine
from fraud.serving import commands as serving

__all__ = ["WORDS", "mount"]

Say = Callable[[str], None]
Progress = Callable[[str, int, int], None]


def mount(words: Any, shared: argparse.ArgumentParser) -> None:
    """Add the words of the engine to a parser.

    Parameters
    ----------
    words
        Of `argparse.ArgumentParser.add_subparsers`.
    shared
        Options that every word has.
    """
    rules = words.add_parser("rules", help="read, check and explain a rulebook · 规则书")
    deeds = rules.add_subparsers(dest="deed", required=True, metavar="DEED")
    word = deeds.add_parser("check", parents=[shared], help="read a rulebook and try its examples · 校验规则书")
    word.add_argument("path", type=Path, metavar="FILE", help="a TOML file, or a folder of them")
    word = deeds.add_parser("list", parents=[shared], help="the rules of a rulebook · 规则清单")
    word.add_argument("path", type=Path, metavar="FILE", nargs="?", help="a rulebook (default: the 561 rules)")
    word.add_argument("--tag", metavar="TAG", help="only rules with this tag, such as elderly")
    word = deeds.add_parser("explain", parents=[shared], help="one rule in full · 规则说明")
    word.add_argument("rule", metavar="RULE", help="id of the rule")
    word.add_argument("path", type=Path, metavar="FILE", nargs="?", help="a rulebook (default: the 561 rules)")
    engine.mount(words, shared)
    serving.mount(words, shared)


def _book(path: Path | None) -> Any:
    from fraud.rules import full_rulebook, load

    return full_rulebook() if path is None else load(path)


def _check(given: argparse.Namespace, say: Say) -> int:
    """Read a rulebook and try its examples."""
    from fraud.rules import check_examples

    book = _book(given.path)
    failures = check_examples(book)
    count = sum(len(rule.hits) + len(rule.misses) for rule in book.rules)
    say(f"{book.id}, version {book.version}: {len(book.rules):,} rules, {count:,} examples · {book.title_zh}")
    for failure in failures:
        say(f"NOT KEPT · 未通过: {failure}")
    say(f"{len(failures):,} examples are not kept · 未通过" if failures else "every example is kept · 全部通过")
    return 1 if failures else 0


def _list(given: argparse.Namespace, say: Say) -> int:
    """Name the rules, one a line."""
    book = _book(given.path)
    kept = [rule for rule in book.rules if given.tag is None or given.tag in rule.tags]
    for rule in kept:
        say(f"{rule.id}  [{rule.action} {rule.severity}]  {rule.title} · {rule.title_zh}")
    say(f"{len(kept):,} of {len(book.rules):,} rules · 规则数")
    return 0


def _explain(given: argparse.Namespace, say: Say) -> int:
    """Say all about one rule."""
    from fraud.errors import RulebookError
    from fraud.rules import explain, write
    from fraud.rules.vocabulary import nearest

    book = _book(given.path)
    if given.rule not in book.ids:
        hint = nearest(given.rule, dict.fromkeys(book.ids)) or "; hexi fraud rules list names them"
        raise RulebookError(f"the rulebook {book.id!r} has no rule {given.rule!r}{hint}")
    rule = book[given.rule]
    say(f"{rule.id}: {rule.title} · {rule.title_zh}")
    say(f"demands at least · 处置: {rule.action}, severity {rule.severity}; owner · 负责: {rule.owner}")
    say(f"tags · 标签: {', '.join(rule.tags) or 'none'}")
    if rule.valid_from or rule.valid_until:
        say(f"valid · 有效期: {rule.valid_from or 'always'} to {rule.valid_until or 'further notice'}")
    say(f"hits if · 条件: {write(rule.condition)}")
    for event in rule.hits:
        say(f"hits · 命中: {event}")
        say(f"  {explain(rule, event)}")
        say(f"  {explain(rule, event, 'zh')}")
    for event in rule.misses:
        say(f"does not hit · 不命中: {event}")
    return 0


_DEEDS: dict[str, Callable[[argparse.Namespace, Say], int]] = {"check": _check, "list": _list, "explain": _explain}


def _rules(given: argparse.Namespace, say: Say, _: Progress) -> int:
    return _DEEDS[given.deed](given, say)


WORDS: dict[str, Callable[[argparse.Namespace, Say, Progress], int]] = {
    "rules": _rules,
    **engine.WORDS,
    **serving.WORDS,
}
"""What each word does, and its exit code."""
