"""The cache directory and its locks."""

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

Say = Callable[[str], None]


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the cache directory, shared by all checkouts of the user."""
    base = environment.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "code24-workers"


@contextmanager
def locked(folder: Path, say: Say) -> Iterator[None]:
    """Hold the lock of ``folder``, which may not exist yet; report when another process holds it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{folder.name}.lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another process that fetches {folder.name}")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield
