"""One member as a process of its own, for tests that kill it: `consortium_process.py NAME FOLDER ENDPOINTS`.

It submits drafts as long as there is no file `stop` in the folder, and writes down each receipt when it has it, a line
each: id, block, place, and the time.
"""

import sys
import time
from pathlib import Path

import consortium_sample

from ledger.consortium import Etcd, OrderedLog
from ledger.errors import OrderingError
from ledger.node import Receipt
from ledger.stores import SqliteStore


def main(name: str, folder: Path, endpoints: list[str]) -> None:
    some = consortium_sample.nodes()
    path = folder / f"{name}.ledger"
    log = OrderedLog(Etcd(endpoints, timeout=1.0), some.ledger)
    one = consortium_sample.member(some, log, name, SqliteStore(path, create=not path.exists()), patience=5.0)
    drafts = consortium_sample.drafts(some, f"{name}-{time.time_ns()}")
    with (folder / f"{name}.receipts").open("a") as written:
        while not (folder / "stop").exists():
            try:
                answers = one.submit([next(drafts) for _ in range(5)])
            except OrderingError as error:
                sys.stderr.write(f"{time.time()} {error}\n")
                continue
            for answer in answers:
                if isinstance(answer, Receipt):
                    written.write(f"{answer.id} {answer.block} {answer.place} {time.time()}\n")
            written.flush()
    one.run((folder / "end").exists, 0.2)
    one.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3].split(","))
