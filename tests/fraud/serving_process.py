"""A server in a process of its own, with the real engine of the small bank; it can be killed and started anew."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from engine_sample import engine
from stream_sample import PROCESSES

from fraud.serving.application import Application
from fraud.serving.desk import Desk
from fraud.serving.limits import Limits
from fraud.serving.opening import open_decider
from fraud.serving.server import listen, serve


def run(log: Path, said: Any, rules: Path | None) -> None:
    with listen("127.0.0.1", 0) as listening:
        decider = open_decider(log, log, rules, make=lambda _: engine())
        said.send(listening.getsockname()[1])
        serve(Application(Desk(decider, Limits(patience=60))), listening, rules, said.send)
    said.send("ended")
    os._exit(0)


class Server:
    def __init__(self, process: Any, said: Any) -> None:
        self.process, self.said = process, said
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{said.recv()}", timeout=20)

    def signal(self, number: int) -> None:
        os.kill(self.process.pid, number)

    def end(self) -> int:
        """Ask it to end; return its exit code."""
        self.signal(signal.SIGTERM)
        self.process.join(20)
        return int(self.process.exitcode)

    def heard(self) -> str:
        assert self.said.poll(20), "it said nothing"
        return str(self.said.recv())


@contextmanager
def server(log: Path, rules: Path | None = None) -> Iterator[Server]:
    near, far = PROCESSES.Pipe()
    process = PROCESSES.Process(target=run, args=(log, far, rules))
    process.start()
    made: Server | None = None
    try:
        made = Server(process, near)
        for _ in range(400):
            try:
                made.client.get("/healthz")
                break
            except httpx.ConnectError:
                time.sleep(0.02)
        yield made
    finally:
        process.kill()
        process.join()
        process.close()
        for pipe in (near, far):
            pipe.close()
        if made is not None:
            made.client.close()
