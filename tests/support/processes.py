"""Processes of a test session: each logs to a file of its own, and none outlives the session."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

_STOP_SECONDS: Final = 15.0
# Asks the kernel for SIGKILL at the end of the parent (prctl PR_SET_PDEATHSIG), then becomes the command.
_TIE: Final = (
    "import ctypes,os,sys\n"
    "ctypes.CDLL(None).prctl(1, 9)\n"
    "os.getppid() == int(sys.argv[1]) or sys.exit('the parent is gone')\n"
    "os.execvpe(sys.argv[2], sys.argv[2:], os.environ)\n"
)


class Process:
    """A running command. ``log`` holds what it prints."""

    def __init__(
        self, command: Sequence[str | Path], log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.log = log
        tied = [sys.executable, "-I", "-S", "-c", _TIE, str(os.getpid()), *map(str, command)]
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                tied,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if environment is None else dict(environment),
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        return self._popen.poll() is None

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._popen.poll()

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal and does not wait."""
        self._popen.send_signal(number)

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
            self._popen.terminate()
        try:
            self._popen.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """SIGKILL: no clean-up of its own. Returns when it is gone."""
        self.signal_kill()
        self._popen.wait()

    def signal_kill(self) -> None:
        """SIGKILL without waiting; for threads other than the owner's."""
        try:
            os.kill(self._popen.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
