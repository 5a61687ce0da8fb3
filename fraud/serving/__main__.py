"""Serving without the roof: `python -m fraud.serving serve ENGINE` and `python -m fraud.serving stream ENGINE`.

Exit codes: 0 ended as asked, 2 wrong usage or bad input. An error is one sentence.
"""

import argparse
import sys
from collections.abc import Sequence

from fraud.errors import FraudError
from fraud.serving.commands import WORDS, mount

__all__ = ["main", "parser"]


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command.

    Examples
    --------
    >>> parser().parse_args(["serve", "--port", "0"]).port
    0
    """
    words = argparse.ArgumentParser(prog="python -m fraud.serving", description="Decide on payments. 反欺诈决策服务")
    shared = argparse.ArgumentParser(add_help=False)
    mount(words.add_subparsers(dest="action", required=True, metavar="WORD"), shared)
    return words


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    given = parser().parse_args(arguments)
    try:
        return WORDS[given.action](given, _say, lambda *_: None)
    except (FraudError, OSError) as error:
        sys.stderr.write(f"fraud.serving: {error}\n")
        return 2


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
