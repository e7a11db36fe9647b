"""An edge in the background: `up`, `down` and `status`, based on files in its directory.

A running edge holds a lock on DIR/edge.lock, which contains its pid. The kernel releases the lock when the process ends
for any reason, so a stale file is never mistaken for a running edge.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from local_edge.errors import EdgeError

START_PATIENCE = 60.0
STOP_PATIENCE = 10.0
_POLL = 0.05


class DirectoryLock:
    """The lock on a directory, held by its edge."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._stream: IO[str] = (directory / "edge.lock").open("a+")
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = running_pid(directory)
            self._stream.close()
            raise EdgeError(f"an edge is already running in {directory} (pid {pid})") from None
        self._stream.seek(0)
        self._stream.truncate()
        self._stream.write(str(os.getpid()))
        self._stream.flush()

    def release(self) -> None:
        self._stream.close()


def running_pid(directory: Path) -> int | None:
    """Return the pid of the edge that is running in a directory, or None."""
    try:
        with (directory / "edge.lock").open() as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                text = stream.read().strip()
                return int(text) if text.isdigit() else None
    except FileNotFoundError:
        return None
    return None


@dataclass(frozen=True)
class EdgeStatus:
    running: bool
    pid: int | None
    environment: dict[str, str]
    """The content of edge.env, without the token."""


def status(directory: Path) -> EdgeStatus:
    pid = running_pid(directory)
    environment = {}
    if pid is not None and (directory / "edge.env").exists():
        lines = (directory / "edge.env").read_text().splitlines()
        pairs = (line.partition("=") for line in lines)
        environment = {name: value for name, _, value in pairs if name != "CLOUDFLARE_API_TOKEN"}
    return EdgeStatus(bool(environment), pid, environment)


def up(directory: Path, arguments: list[str]) -> int:
    """Start `serve` with `arguments`, wait until it is ready, and return its pid."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "edge.env").unlink(missing_ok=True)
    log = directory / "edge.log"
    with log.open("w") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "local_edge.cli", "serve", "--detached", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_PATIENCE
    while not (directory / "edge.env").exists():
        if child.poll() is not None or time.monotonic() > deadline:
            child.terminate()
            last = "\n".join(log.read_text(errors="replace").splitlines()[-10:])
            raise EdgeError(f"the edge did not start; the end of {log}:\n{last}")
        time.sleep(_POLL)
    return child.pid


def down(directory: Path) -> bool:
    """Stop the edge of a directory and wait for its end; return whether it was running."""
    pid = running_pid(directory)
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_PATIENCE
    while running_pid(directory) == pid:
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            deadline += STOP_PATIENCE
        time.sleep(_POLL)
    return True
