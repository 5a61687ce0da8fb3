"""The command of the console: `python -m rpa.console --queue QUEUE`; it serves pages on this machine alone.

Exit codes: 0 ended by the user, 2 bad input. An error is one sentence.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from rpa.commands import console_options
from rpa.deadlines import default_policy, read_policy
from rpa.errors import MissingExtraError, RpaError
from rpa.listening import listen

__all__ = ["main", "run"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command as a process of its own, and return its exit code."""
    words = argparse.ArgumentParser(
        prog="python -m rpa.console", description="Watch the filing bot and decide for it. 备案机器人控制台"
    )
    console_options(words)
    try:
        return run(words.parse_args(arguments))
    except RpaError as error:
        sys.stderr.write(f"rpa.console: {error}\n")
        return 2


def run(given: argparse.Namespace) -> int:
    """Serve until the user ends it (see `rpa.commands.console_options`), and return the exit code.

    Raises
    ------
    RpaError
        If what is given cannot be used, or what the console needs is not installed.
    """
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
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
