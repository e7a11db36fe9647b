"""Operators that begin as forks of a process that has imported them: a start costs no imports.

Run as a program, this module is that process. It forks at each line that it reads, and its forks end with it.
"""

import contextlib
import ctypes
import gc
import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from support.processes import Logged

_PR_SET_PDEATHSIG: Final = 1
_EXITED: Final = -1  # what a fork has ended with is known to its parent alone


class Nursery:
    """Starts operators until ``close``."""

    def __init__(self) -> None:
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "support.forks"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            start_new_session=True,
        )

    def start(self, environment: Mapping[str, str], log: Path) -> Logged:
        """``workers-operator run`` in this environment."""
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        order = {"environment": dict(environment), "log": str(log)}
        self._parent.stdin.write(f"{json.dumps(order)}\n")
        self._parent.stdin.flush()
        return Logged(_Fork(int(self._parent.stdout.readline())), log)

    def close(self) -> None:
        """Ends all operators."""
        self._parent.kill()
        self._parent.communicate()


class _Fork:
    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._descriptor = os.pidfd_open(pid)
        self._ended = False
        self._closing = threading.Lock()  # signals come from any thread

    def poll(self) -> int | None:
        return _EXITED if self._has_ended(0) else None

    def wait(self, timeout: float | None = None) -> int:
        if not self._has_ended(timeout):
            raise subprocess.TimeoutExpired("fork", timeout or 0)
        return _EXITED

    def send_signal(self, sig: int) -> None:
        with self._closing, contextlib.suppress(ProcessLookupError):
            if not self._ended:
                signal.pidfd_send_signal(self._descriptor, sig)

    def _has_ended(self, timeout: float | None) -> bool:
        if not self._ended and select.select([self._descriptor], [], [], timeout)[0]:
            with self._closing:
                os.close(self._descriptor)
                self._ended = True
        return self._ended


def _serve() -> None:
    from workers_operator import app, cli  # noqa: F401 - for its forks

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a fork
    gc.freeze()
    own = os.getpid()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _become_operator(own, **json.loads(line))
            cli.main()
            return
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _become_operator(parent: int, environment: Mapping[str, str], log: str) -> None:
    """Look like a process that was started by itself."""
    os.setsid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the parent is gone")
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    output, nothing = os.open(log, os.O_WRONLY | os.O_APPEND), os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["workers-operator", "run"]


if __name__ == "__main__":
    _serve()
