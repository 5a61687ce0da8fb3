"""The ledger's commands as they are typed, without a terminal."""

import argparse
from pathlib import Path

from ledger.commands import WORDS, mount


def told(line: str, *paths: Path) -> tuple[int, str]:
    """Run one of the ledger's commands, and return its exit code and what it said."""
    parser = argparse.ArgumentParser()
    mount(parser.add_subparsers(dest="word"), argparse.ArgumentParser(add_help=False))
    given = parser.parse_args([str(paths[int(one)]) if one.isdecimal() else one for one in line.split()])
    said: list[str] = []
    return WORDS[given.word](given, said.append, lambda step, done, of: None), "\n".join(said)
