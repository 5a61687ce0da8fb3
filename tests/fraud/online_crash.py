"""A process that pushes a log of events and saves now and then, until somebody kills it: `python -m` with a folder."""

import json
import sys
from pathlib import Path

from fraud.online import Limits, OnlineFeatures

NAMES = ["customer_count_1h", "customer_sum_30d", "customer_max_7d", "device_distinct_customers_1d", "new_device"]
NAMES += ["customer_usual_ratio", "customer_frauds_7d", "channel_code"]
COLUMNS = ["occurred_at", "customer_id", "amount_fen", "device_id", "channel", "is_fraud", "transaction_id"]


def events(folder: Path) -> list[dict[str, object]]:
    """Return the log of the folder."""
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def fresh() -> OnlineFeatures:
    """Return the stream before its first event; it remembers few numbers, so that a save is quick."""
    return OnlineFeatures(COLUMNS, features=NAMES, limits=Limits(numbers=1_000))


def resumed(folder: Path) -> OnlineFeatures:
    """Return the stream as it was saved last, or a fresh one."""
    path = folder / "state"
    return OnlineFeatures.restore(path) if path.exists() else fresh()


def _tell(sequence: int) -> None:
    sys.stdout.write(f"{sequence}\n")
    sys.stdout.flush()


def main(folder: Path) -> None:
    """Go on where the saved state ends, saving after every twentieth event."""
    online = resumed(folder)
    _tell(online.sequence)
    for event in events(folder)[online.sequence :]:
        online.push(event)
        if online.sequence % 20 == 0:
            online.save(folder / "state")
            _tell(online.sequence)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
