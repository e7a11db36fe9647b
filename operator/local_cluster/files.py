"""Atomic private files, and lock files."""

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_LOCK_ATTEMPTS, _LOCK_PAUSE = 10, 0.02


def write_private(path: Path, text: str) -> None:
    """Replace a file atomically and make it readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w") as stream:
            stream.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file, after waiting for its current holder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


@contextmanager
def try_locked(path: Path) -> Iterator[bool]:
    """Hold the lock file if it is free; yield whether it was.

    Retries briefly, because `is_locked` holds the lock for the duration of its check.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as stream:
        yield any(_lock_now(stream) for _ in range(_LOCK_ATTEMPTS))


def _lock_now(stream: IO[str]) -> bool:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(_LOCK_PAUSE)
        return False
    return True


def is_locked(path: Path) -> bool:
    """Return whether a process holds the lock file.

    The check takes a shared lock, so concurrent checks do not see each other.
    """
    try:
        with path.open() as stream:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
