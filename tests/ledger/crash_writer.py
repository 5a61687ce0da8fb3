"""A process that writes to a ledger until it is killed; run as a script by the tests of crashes.

It loads everything once, and forks for each line that it is given on its input (a place, a seed): the child opens the
ledger, submits blocks, and prints each receipt that it got as `block place id`. Now and then it closes the ledger and
opens it again. The first line of each round is the child's process id, the last is `ended`.
"""

import itertools
import os
import sys
from pathlib import Path

import numpy as np
import psycopg.conninfo  # so that a child need not load it
from ledger_sample import START, accepted, consortium

from ledger.node import Node, Receipt, Refusal
from ledger.stores import PostgresStore, SqliteStore, Store


def opened(place: str) -> Store:
    return PostgresStore(place) if place.startswith("postgresql:") else SqliteStore(Path(place))


def write(place: str, seed: int) -> None:
    people = consortium()._replace(nonces=itertools.count(1 + seed * 10_000_000))
    rng = np.random.default_rng(seed)
    for opening in itertools.count():
        node = Node(opened(place), people.operator, lambda: START + seed)
        for block in range(int(rng.integers(1, 9))):
            calls = [accepted(people, f"R{seed}-{opening}-{block}-{one}")[0] for one in range(int(rng.integers(1, 6)))]
            for answer in node.submit(calls):
                assert not isinstance(answer, Refusal), answer
                assert isinstance(answer, Receipt)
                os.write(1, f"{answer.block} {answer.place} {answer.id}\n".encode())
        node.close()


def main() -> None:
    assert psycopg.conninfo is not None
    for line in sys.stdin:
        place, seed = line.split()
        child = os.fork()
        if child == 0:
            try:
                write(place, int(seed))
            finally:
                os._exit(1)
        os.write(1, f"{child}\n".encode())
        os.waitpid(child, 0)
        os.write(1, b"ended\n")


if __name__ == "__main__":
    main()
