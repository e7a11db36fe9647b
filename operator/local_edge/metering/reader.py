"""The process that reads the traces of workerd: `python -m local_edge.metering.reader FIFO…`.

workerd blocks when nobody reads its trace, so this process does nothing else: it never waits for the supervisor, to
which it writes what it has measured, a JSON array of invocations per line. What the supervisor does not take in time is
dropped, and counted. The process ends with the supervisor, or when its stdin is closed.
"""

import contextlib
import fcntl
import json
import os
import select
import sys
import time
from dataclasses import astuple

from local_edge.metering.invocation import Invocation
from local_edge.metering.trace import TraceReader

INTERVAL = 0.25
"""Seconds between two batches."""
_PAUSE = 0.01
"""Seconds between two reads; meanwhile, the pipe takes what workerd writes."""
_CHUNK = 1 << 20
_BACKLOG = 8 << 20
"""Bytes that wait for the supervisor."""


class _Output:
    """Lines for the supervisor, written as far as it takes them."""

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._pending = bytearray()
        self.dropped = 0

    def add(self, batch: list[Invocation]) -> None:
        if len(self._pending) > _BACKLOG:
            self.dropped += len(batch)
            return
        line = {"invocations": [astuple(item) for item in batch], "dropped": self.dropped}
        self._pending += json.dumps(line, separators=(",", ":")).encode() + b"\n"

    def write(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._pending:
                del self._pending[: os.write(self._descriptor, self._pending)]

    def close(self) -> None:
        os.set_blocking(self._descriptor, True)
        self.write()


def run(paths: list[str]) -> None:
    traces = {_opened(path): TraceReader() for path in paths}
    output = _Output(sys.stdout.fileno())
    due = time.monotonic()
    batch: list[Invocation] = []
    ending = False
    while not ending:
        timeout = max(0.0, due - time.monotonic()) if batch else None
        ready, _, _ = select.select([*traces, sys.stdin.fileno()], [], [], timeout)
        ending = sys.stdin.fileno() in ready
        for descriptor, trace in traces.items():
            batch += _read(descriptor, trace)
        if batch and (ending or time.monotonic() >= due):
            output.add(batch)
            batch, due = [], time.monotonic() + INTERVAL
        output.write()
        time.sleep(_PAUSE)
    output.close()


def _opened(path: str) -> int:
    """Open a FIFO such that it stays open whether or not somebody writes to it."""
    descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    with contextlib.suppress(OSError):  # more than this user may have
        fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _CHUNK)
    return descriptor


def _read(descriptor: int, trace: TraceReader) -> list[Invocation]:
    found: list[Invocation] = []
    with contextlib.suppress(BlockingIOError):
        while data := os.read(descriptor, _CHUNK):
            found += trace.read(data)
    return found


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        run(sys.argv[1:])
