"""Child processes that do not outlive their parent."""

import ctypes
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent() -> Callable[[], None] | None:
    """Return a `preexec_fn` that makes the kernel kill the child when the starting thread ends.

    The child is killed even if its parent dies from SIGKILL. This works on Linux only; elsewhere the
    function returns None, and children end only if their parent exits normally. Call it from a thread
    that lives as long as the child should.
    """
    libc = _libc
    if libc is None:
        return None
    parent = os.getpid()

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # the parent ended before the call above
            os._exit(1)

    return tie


def start_logged(
    command: Sequence[str], *, log: Path, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start `command` as a child that ends with this process, and append its output to `log`.

    The child gets its own process group, so that Ctrl-C reaches only this process, which then stops
    its children in order.
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if environment is None else dict(environment),
            process_group=0,
            preexec_fn=die_with_parent(),
        )


def stop(process: subprocess.Popen[str] | subprocess.Popen[bytes], *, patience: float) -> None:
    """Send SIGTERM, then SIGKILL after `patience` seconds; return when the process has ended."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def ended(process: int) -> Iterator[Callable[[], bool]]:
    """Yield a function that returns whether a running process, child or not, has ended.

    A reused pid is not mistaken for the process. This works on Linux only; elsewhere the function
    always returns True, and callers must rely on a lock.
    """
    if sys.platform != "linux":
        yield lambda: True
        return
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        yield lambda: True
        return
    try:
        yield lambda: bool(select.select([handle], [], [], 0)[0])
    finally:
        os.close(handle)


def last_lines(log: Path, count: int = 15) -> list[str]:
    """Return the last lines of a log file, from its last 16 KiB; empty if the file does not exist."""
    try:
        with log.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - 16384))
            return stream.read().decode(errors="replace").splitlines()[-count:]
    except FileNotFoundError:
        return []
