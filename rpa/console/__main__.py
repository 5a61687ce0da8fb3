"""The command of the console: `python -m rpa.console --queue QUEUE`; it serves pages on this machine alone.

Exit codes: 0 ended by the user, 2 bad input. An error is one sentence.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rpa.deadlines import default_policy, read_policy
from rpa.errors import MissingExtraError, RpaError
from rpa.listening import listen

__all__ = ["main", "parser"]


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command.

    Examples
    --------
    >>> parser().parse_args(["--queue", "queue.db"]).port
    8765
    """
    words = argparse.ArgumentParser(
        prog="python -m rpa.console", description="Watch the filing bot and decide for it. 备案机器人控制台"
    )
    words.add_argument("--queue", required=True, type=Path, metavar="FILE", help="the work queue · 任务队列")
    words.add_argument(
        "--evidence", type=Path, metavar="FOLDER", help="evidence (default: `evidence` beside the queue) · 证据目录"
    )
    words.add_argument("--policy", type=Path, metavar="FILE", help="deadlines (default: the bot's own) · 时限规则")
    words.add_argument("--port", type=int, default=8765, metavar="N", help="0 for any that is free · 端口")
    return words


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    given = parser().parse_args(arguments)
    try:
        policy = read_policy(given.policy) if given.policy else default_policy()
        try:
            import uvicorn

            from rpa.console.application import console_application
        except ModuleNotFoundError as error:
            raise MissingExtraError(f"the console needs {error.name}: pip install -e '.[rpa]'") from None
        listening = listen("127.0.0.1", given.port)
        evidence = given.evidence or given.queue.parent / "evidence"
        application = console_application(given.queue, evidence, lambda: datetime.now(UTC), policy)
        sys.stdout.write(f"console 控制台 http://127.0.0.1:{listening.getsockname()[1]}\n")
        sys.stdout.flush()
        server = uvicorn.Server(uvicorn.Config(application, log_level="warning", lifespan="off", server_header=False))
        server.run(sockets=[listening])
    except RpaError as error:
        sys.stderr.write(f"rpa.console: {error}\n")
        return 2
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
