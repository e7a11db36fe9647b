"""Processes of a test session: each logs to a file of its own, and none outlives the session."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

_STOP_SECONDS: Final = 15.0
# Asks the kernel for SIGKILL at the end of the parent (prctl PR_SET_PDEATHSIG), then becomes the command.
_TIE: Final = (
    "import ctypes,os,sys\n"
    "ctypes.CDLL(None).prctl(1, 9)\n"
    "os.getppid() == int(sys.argv[1]) or sys.exit('the parent is gone')\n"
    "os.execvpe(sys.argv[2], sys.argv[2:], os.environ)\n"
)


class Running(Protocol):
    """A process as the system knows it: ``subprocess.Popen``, or a fork of somebody else's."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...


class Logged:
    """A running process. ``log`` holds what it prints."""

    def __init__(self, running: Running, log: Path) -> None:
        self.log = log
        self._running = running

    @property
    def pid(self) -> int:
        return self._running.pid

    @property
    def alive(self) -> bool:
        return self._running.poll() is None

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._running.poll()

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal and does not wait."""
        self._running.send_signal(number)

    @property
    def text(self) -> str:
        """All that it has printed."""
        return self.log.read_text(errors="replace")

    def tail(self, lines: int = 30) -> str:
        """The end of its log, for messages."""
        return "\n".join([f"--- {self.log}", *self.text.splitlines()[-lines:]])

    def stop(self) -> None:
        """SIGTERM; SIGKILL for one that does not obey. Returns when it is gone."""
        if self.alive:
            self._running.send_signal(signal.SIGTERM)
        try:
            self._running.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """SIGKILL: no clean-up of its own. Returns when it is gone."""
        self.signal_kill()
        self._running.wait()

    def signal_kill(self) -> None:
        """SIGKILL without waiting, however often it is asked for; from any thread."""
        self._running.send_signal(signal.SIGKILL)


class Process(Logged):
    """A running command."""

    def __init__(
        self, command: Sequence[str | Path], log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        tied = [sys.executable, "-I", "-S", "-c", _TIE, str(os.getpid()), *map(str, command)]
        with log.open("ab") as output:
            popen = subprocess.Popen(
                tied,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if environment is None else dict(environment),
                start_new_session=True,
            )
        super().__init__(popen, log)
