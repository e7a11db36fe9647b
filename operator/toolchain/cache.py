"""Where they are kept, and one process at a time that puts something there."""

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

Say = Callable[[str], None]


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of all programs and versions, for all checkouts of this user."""
    base = environment.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "code24-workers"


@contextmanager
def locked(folder: Path, say: Say) -> Iterator[None]:
    """Alone with what will be ``folder``; says so where another process has to end first."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{folder.name}.lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"another process fetches {folder.name}: waiting for it")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield
