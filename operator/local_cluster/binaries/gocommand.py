"""Run a command of the Go toolchain and report its progress."""

import os
import selectors
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from local_cluster.errors import LocalClusterError
from local_cluster.processes import die_with_parent, stop

TICK_SECONDS = 0.5
"""How often `report` is called while the command prints nothing (as during linking)."""

_NICENESS = 10


def run(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    report: Callable[[Sequence[str]], None],
) -> str:
    """Run `command` and return its stdout; call `report` repeatedly with all stderr lines so far.

    The command makes way for whatever else is started meanwhile. Raises LocalClusterError with the last
    lines of stderr if it fails.
    """
    lines: list[str] = []
    with tempfile.TemporaryFile("w+") as output:
        process = _begin(command, folder, environment, output, subprocess.PIPE)
        try:
            with process.stderr or open(os.devnull, "rb") as errors:
                _follow(errors, lines, report)
            process.wait()
        finally:
            stop(process, patience=5)
        if process.returncode != 0:
            problem = f"{' '.join(command[:2])} failed with exit code {process.returncode}:"
            raise LocalClusterError("\n  ".join([problem, *lines[-15:]]))
        output.seek(0)
        return output.read()


@contextmanager
def beside(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str]
) -> Iterator[Callable[[], str]]:
    """Run `command` while the block runs; yield a function for its stdout, which is empty until it has succeeded."""
    with tempfile.TemporaryFile("w+") as output:
        process = _begin(command, folder, environment, output, subprocess.DEVNULL)

        def text() -> str:
            if process.poll() != 0:
                return ""
            output.seek(0)
            return output.read()

        try:
            yield text
        finally:
            stop(process, patience=5)


def _begin(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    output: IO[str],
    errors: int,
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        list(command),
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        preexec_fn=_in_background(),
    )


def _in_background() -> Callable[[], None]:
    tie = die_with_parent()

    def begin() -> None:
        os.nice(_NICENESS)
        if tie is not None:
            tie()

    return begin


def _follow(errors: IO[bytes], lines: list[str], report: Callable[[Sequence[str]], None]) -> None:
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(errors, selectors.EVENT_READ)
        while True:
            report(lines)
            if not selector.select(TICK_SECONDS):
                continue
            chunk = os.read(errors.fileno(), 65536)
            if not chunk:
                return
            *complete, rest = (rest + chunk).split(b"\n")
            lines += [line.decode(errors="replace") for line in complete]
