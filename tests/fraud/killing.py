"""Processes that are killed at any step, forked from a clean one.

A process that has loaded everything, JAX among it, has threads that do not survive a fork; so a clean process is
started once, which forks, and nothing is forked here.
"""

import os
import signal
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context


def killed_after(path, first, lines, wait, work):
    """Kill a process that works when it has told of so many steps and a moment has passed; return what it told.

    `work(path, pipe, first)` writes a line for each step into the pipe; it is a function of a module, or a partial one.
    """
    return _clean().submit(_killed_after, path, first, lines, wait, work).result()


@cache
def _clean():
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))


def _killed_after(path, first, lines, wait, work):
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(reading)
            work(path, writing, first)
            os._exit(0)
        except BaseException:
            os._exit(1)
    os.close(writing)
    told = b""
    while told.count(b"\n") < lines and (more := os.read(reading, 65_536)):
        told += more
    time.sleep(wait)
    os.kill(child, signal.SIGKILL)
    while more := os.read(reading, 65_536):
        told += more
    os.close(reading)
    _, status = os.waitpid(child, 0)
    assert not (os.WIFEXITED(status) and os.WEXITSTATUS(status)), "the process failed by itself"
    return [line.split() for line in told.decode().splitlines() if line]
