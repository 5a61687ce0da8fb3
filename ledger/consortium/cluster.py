"""A cluster of etcd on this machine, for trials and tests: `python -m ledger.consortium.cluster --directory FOLDER`.

Its nodes listen on free ports of 127.0.0.1 and nowhere else, without passwords: it is not what a bank would run. A node
can be killed and started again, as machines are lost and come back.
"""

import argparse
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

from ledger.consortium.etcd import Etcd
from ledger.errors import ClusterError, OrderingError

__all__ = ["HOW_TO_GET_IT", "Cluster", "cluster", "main"]

HOW_TO_GET_IT = "etcd is not installed here; on Debian: apt-get install etcd-server"
_OPTIONS = {
    "--auto-compaction-mode": "revision",
    "--auto-compaction-retention": "10000",
    "--initial-cluster-state": "new",
    "--initial-cluster-token": "hexi-trial",
    "--log-level": "warn",
    "--logger": "zap",
    "--quota-backend-bytes": str(2 * 2**30),
}


class Cluster:
    """Some nodes of etcd, each a process.

    Parameters
    ----------
    directory
        Where their data, their logs and the numbers of their ports lie; what an earlier run left is taken up again.
    nodes
        How many; a minority of them may be lost.

    Raises
    ------
    ClusterError
        If etcd is not installed, or the directory is that of another number of nodes.
    """

    def __init__(self, directory: Path, nodes: int = 3) -> None:
        program = shutil.which("etcd")
        if program is None:
            raise ClusterError(HOW_TO_GET_IT)
        self._program, self._directory = program, directory
        directory.mkdir(parents=True, exist_ok=True)
        ports = _ports(directory / "ports", 2 * nodes)
        self.endpoints = [f"http://127.0.0.1:{port}" for port in ports[:nodes]]
        self._peers = [f"http://127.0.0.1:{port}" for port in ports[nodes:]]
        self._running: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, node: int) -> None:
        """Start a node, for the first time or again."""
        name, client, peer = f"node-{node}", self.endpoints[node], self._peers[node]
        options = {
            **_OPTIONS,
            "--advertise-client-urls": client,
            "--data-dir": str(self._directory / name),
            "--initial-advertise-peer-urls": peer,
            "--initial-cluster": ",".join(f"node-{one}={url}" for one, url in enumerate(self._peers)),
            "--listen-client-urls": client,
            "--listen-peer-urls": peer,
            "--name": name,
        }
        words = [self._program, *(word for option in options.items() for word in option)]
        with (self._directory / f"{name}.log").open("ab") as log:
            self._running[node] = subprocess.Popen(words, stdout=log, stderr=log, start_new_session=True)  # noqa: S603  # our own words

    def kill(self, node: int) -> None:
        """End a node at once, as a machine that loses power (`kill -9`)."""
        process = self._running.pop(node)
        process.kill()
        process.wait()

    def leader(self, seconds: float = 10.0) -> int:
        """Return the node that leads, or will lead when the others have elected it.

        Raises
        ------
        ClusterError
            If none of those that run does in time.
        """
        deadline = time.monotonic() + seconds
        while (found := self._leader()) is None:
            if time.monotonic() > deadline:
                raise ClusterError("no node of the cluster leads; most of them must be up")
            time.sleep(0.05)
        return found

    def _leader(self) -> int | None:
        for node in self._running:
            client = Etcd([self.endpoints[node]])
            try:
                if client.leads():
                    return node
            except OrderingError:
                continue
            finally:
                client.close()
        return None

    def wait(self, seconds: float = 30.0) -> None:
        """Wait until every node that runs answers for the whole cluster.

        Raises
        ------
        ClusterError
            If one ends, or does not answer in time.
        """
        deadline = time.monotonic() + seconds
        for node, process in self._running.items():
            client = Etcd([self.endpoints[node]], timeout=1.0)
            while not _answers(client):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise ClusterError(f"node {node} of etcd does not answer; its last words: {self._last_words(node)}")
                time.sleep(0.05)
            client.close()

    def stop(self) -> None:
        """End all nodes, gently if they let us; one by one, because a leader that leaves looks for another."""
        for process in self._running.values():
            process.terminate()
            try:
                process.wait(2)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()

    def _last_words(self, node: int) -> str:
        log = self._directory / f"node-{node}.log"
        return log.read_text(errors="replace")[-500:] if log.exists() else "none"


@contextmanager
def cluster(directory: Path, nodes: int = 3) -> Iterator[Cluster]:
    """Bring up a cluster, wait until it answers, and end it at the end.

    Raises
    ------
    ClusterError
        If etcd is not installed, or does not come up.
    """
    found = Cluster(directory, nodes)
    try:
        for node in range(nodes):
            found.start(node)
        found.wait()
        yield found
    finally:
        found.stop()


def main(words: Sequence[str] | None = None) -> int:
    """Bring up a cluster, say where it listens, and keep it until this process is told to end."""
    parser = argparse.ArgumentParser(prog="python -m ledger.consortium.cluster", description="etcd for trials")
    parser.add_argument("--directory", type=Path, required=True, metavar="FOLDER", help="where its data lies")
    parser.add_argument("--nodes", type=int, default=3, choices=(1, 3, 5), help="how many nodes")
    given = parser.parse_args(words)
    ended = Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: ended.set())
    try:
        with cluster(given.directory, given.nodes) as found:
            sys.stdout.write(",".join(found.endpoints) + "\n")
            sys.stdout.flush()
            ended.wait()
    except ClusterError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _answers(client: Etcd) -> bool:
    try:
        client.get("hexi/health")
    except OrderingError:
        return False
    return True


def _ports(path: Path, count: int) -> list[int]:
    """Return the ports of an earlier run, by which its nodes know each other; else new ones, and write them down."""
    if not path.exists():
        path.write_text(" ".join(map(str, _free_ports(count))))
    found = [int(one) for one in path.read_text().split()]
    if len(found) != count:
        raise ClusterError(f"{path} is that of {len(found) // 2} nodes, {count // 2} are asked for")
    return found


def _free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now; they are all held at once, so that they differ."""
    with ExitStack() as stack:
        held = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]


if __name__ == "__main__":
    sys.exit(main())
