"""Child processes that never outlive their owner."""

import ctypes
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent() -> Callable[[], None] | None:
    """A `preexec_fn` that has the kernel kill the child when the thread that starts it ends.

    It holds even if the owner is killed with SIGKILL. Only Linux has it; elsewhere the answer is
    None, and only an owner that ends by itself ends its children. Call it from a thread that lives
    as long as the child shall.
    """
    libc = _libc
    if libc is None:
        return None
    owner = os.getpid()

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != owner:  # the owner ended before the call above
            os._exit(1)

    return tie


def start_logged(
    command: Sequence[str], *, log: Path, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Starts `command`, tied to this process, its output appended to `log`.

    It gets a process group of its own: Ctrl-C reaches the owner alone, which ends its children in
    order.
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


def stop(process: subprocess.Popen[Any], *, patience: float) -> None:
    """SIGTERM, then SIGKILL after `patience` seconds; returns when the process is gone."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def ended(process: int) -> Iterator[Callable[[], bool]]:
    """Tells whether a process that runs now, anybody's child, has ended; a new one of its id does not mislead.

    It needs Linux; elsewhere the answer is always yes, and a lock has to tell.
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
    """The end of a log file, read from its last 16 KiB; nothing if there is no such file."""
    try:
        with log.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - 16384))
            return stream.read().decode(errors="replace").splitlines()[-count:]
    except FileNotFoundError:
        return []
