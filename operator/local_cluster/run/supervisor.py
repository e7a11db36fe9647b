"""The process that owns etcd, the API server and the controllers.

It holds the cluster's lock while it lives. It exits on SIGTERM or SIGINT, when a component dies, or
when its parent process ends (if it was given one). If it is killed, the kernel kills its children
(see `processes.py`). SIGUSR1 kills the API server and SIGUSR2 restarts it, to simulate an outage.
"""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import FrameType

from local_cluster.binaries.assets import Binaries
from local_cluster.errors import LocalClusterError
from local_cluster.files import try_locked
from local_cluster.layout import Layout
from local_cluster.progress import Progress
from local_cluster.run.controlplane import ControlPlane, Interrupted

WATCH_INTERVAL = 0.2
"""Seconds between two checks of the children and the parent."""


class Supervisor:
    """Runs one cluster in the main and only thread of this process.

    The cluster ends with the process `parent`; None means that it stays.
    """

    def __init__(self, layout: Layout, *, parent: int | None) -> None:
        self._layout = layout
        self._parent = parent
        self._ending = False
        self._outage = False
        self._wake = threading.Event()

    def run(self, binaries: Binaries, progress: Progress, on_ready: Callable[[], None]) -> None:
        """Start the cluster, call `on_ready`, and return after a regular shutdown.

        Raises LocalClusterError on failure, and records the reason in the state file.
        """
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGUSR2):
            signal.signal(number, self._on_signal)
        self._layout.create()
        with try_locked(self._layout.supervisor_lock) as mine:
            if not mine:
                raise LocalClusterError(f"a cluster is already running in {self._layout.directory}")
            self._claim()
            plane = ControlPlane(self._layout, binaries, progress, self._should_end)
            failure: str | None = None
            try:
                plane.start()
                on_ready()
                self._watch(plane)
            except Interrupted:
                pass
            except BaseException as error:
                failure = str(error) or repr(error)
                raise
            finally:
                plane.stop()
                self._layout.write_state(self._layout.read_state().ended(failure))

    def _claim(self) -> None:
        """Record this process before anything starts, so that the cluster can be stopped at any time."""
        old = self._layout.read_state()
        self._layout.write_state(
            replace(old, phase="starting", supervisor=os.getpid(), pids={}, failure=None)
        )

    def _watch(self, plane: ControlPlane) -> None:
        outage = False
        while not self._should_end():
            if (dead := plane.dead()) is not None:
                raise dead
            if self._outage != outage:
                outage = self._outage
                if outage:
                    plane.kill_apiserver()
                else:
                    plane.start_apiserver()
            self._wake.wait(WATCH_INTERVAL)
            self._wake.clear()

    def _should_end(self) -> bool:
        # An orphan is reparented, on Linux and macOS alike.
        return self._ending or (self._parent is not None and os.getppid() != self._parent)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if number in (signal.SIGTERM, signal.SIGINT):
            self._ending = True
        else:
            self._outage = number == signal.SIGUSR1
        self._wake.set()


def main() -> int:
    """Run a supervisor in the background: progress on stdout until ready, errors on stderr."""
    parser = argparse.ArgumentParser(prog="python -m local_cluster.run.supervisor")
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--parent", type=int)
    parser.add_argument("--binaries", type=Path, nargs=4, required=True)
    options = parser.parse_args()
    supervisor = Supervisor(Layout(options.dir), parent=options.parent)
    try:
        supervisor.run(Binaries(*options.binaries), Progress(sys.stdout), _close_stdout)
    except LocalClusterError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _close_stdout() -> None:
    """Close the pipe to the process that waits for the cluster; EOF signals the end of the start."""
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
