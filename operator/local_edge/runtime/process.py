"""A workerd process: its command line, start, output, CPU time and end."""

import asyncio
import contextlib
import ctypes
import os
import resource
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path

from local_edge.runtime.pipes import drain

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None)
_CONFIG = Path(__file__).parent / "js" / "edge.capnp"
_SOURCES = Path(__file__).parents[2]


class ProcessFailed(Exception):
    """workerd did not start."""


@dataclass(frozen=True)
class Launch:
    """The parameters of a workerd process: addresses are in workerd's syntax."""

    binary: Path
    name: str
    http: str
    orders: Path
    external: dict[str, str]
    trace: Path | None = None
    """The FIFO for the trace of all invocations, if they are measured."""

    def sockets(self) -> list[Path]:
        """Return the paths of the sockets that the process creates."""
        return [self.orders, Path(self.http.removeprefix("unix:"))]

    def command(self) -> list[str]:
        sockets = [f"--socket-addr=http={self.http}", f"--socket-addr=orders=unix:{self.orders}"]
        external = [f"--external-addr={name}={address}" for name, address in self.external.items()]
        trace = [f"--async-trace={self.trace}"] if self.trace else []
        flags = ["--experimental", *trace, *sockets, *external]
        return [str(self.binary), "serve", *flags, str(_CONFIG), "host"]

    @property
    def inherited(self) -> tuple[int, ...]:
        """The descriptors that the process inherits."""
        return ()


@dataclass(frozen=True)
class RelayLaunch:
    """The parameters of the router, the process of `local_edge.relay`; all but `data` are paths of unix sockets."""

    name: str
    data: socket.socket
    orders: Path
    pool: Path
    control: Path

    def sockets(self) -> list[Path]:
        return [self.orders]

    def command(self) -> list[str]:
        paths = map(str, (self.orders, self.pool, self.control))
        program = f"import sys; sys.path.insert(0, {str(_SOURCES)!r}); from local_edge.relay.main import main; "
        call = "main(int(sys.argv[1]), *sys.argv[2:])"
        return [sys.executable, "-I", "-c", program + call, str(self.data.fileno()), *paths]

    @property
    def inherited(self) -> tuple[int, ...]:
        return (self.data.fileno(),)


AnyLaunch = Launch | RelayLaunch


@dataclass(frozen=True)
class LineReaders:
    """The functions that receive the output of a process, line by line."""

    stdout: Callable[[str], None]
    stderr: Callable[[str], None]


def _environment() -> dict[str, str]:
    """Return our own variables, and let workerd's allocator have restartable sequences, which glibc takes otherwise.

    With them, its caches are per CPU and need no locks, which saves a tenth of the time of a request.
    """
    tunables = [os.environ.get("GLIBC_TUNABLES", ""), "glibc.pthread.rseq=0"]
    return {**os.environ, "GLIBC_TUNABLES": ":".join(filter(None, tunables))}


def _prepare_child() -> None:
    """Tie the child to this process and raise its limit of open files to the maximum."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class WorkerdProcess:
    """At most one process at a time; `start` may be called again after it has ended, which `ended` tells."""

    def __init__(self, launch: AnyLaunch, readers: LineReaders, ended: Callable[[], None]) -> None:
        self.launch = launch
        self._readers = readers
        self._ended = ended
        self._process: asyncio.subprocess.Process | None = None
        self._clock: int | None = None
        """A file that begins with the CPU time of the main thread in nanoseconds."""
        self._last_errors: deque[str] = deque(maxlen=3)
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        for stale in self.launch.sockets():
            stale.unlink(missing_ok=True)
        process = await asyncio.create_subprocess_exec(
            *self.launch.command(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            pass_fds=self.launch.inherited,
            env=_environment(),
            process_group=0,
            preexec_fn=_prepare_child,
        )
        self._process = process
        self._open_clock(process.pid)
        self._last_errors.clear()
        if process.stdout is None or process.stderr is None:
            raise ProcessFailed("workerd has no output pipes")
        self._keep(drain(process.stdout, self._readers.stdout))
        self._keep(drain(process.stderr, self._on_error_line))
        self._keep(self._tell_end(process))

    @property
    def pid(self) -> int | None:
        """The process id, or None if the process is not running."""
        process = self._process
        return process.pid if process and process.returncode is None else None

    async def raise_if_ended(self) -> None:
        """Raise ProcessFailed with the last lines of stderr if the process has ended."""
        process = self._process
        if process is not None and process.returncode is not None:
            await asyncio.sleep(0.05)  # the last lines are still in the pipe
            lines = " / ".join(self._last_errors)
            name, code = self.launch.name, process.returncode
            raise ProcessFailed(f"workerd ({name}) exited with {code} at its start: {lines}")

    def cpu_seconds(self) -> float:
        """Return the CPU time of the main thread, which runs the scripts."""
        if self._clock is None:
            return 0.0
        try:
            return int(os.pread(self._clock, 64, 0).split()[0]) / 1e9
        except OSError:
            return 0.0

    async def kill(self) -> None:
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def close(self) -> None:
        """Kill the process and stop reading its output."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.kill()
        self._close_clock()

    def _open_clock(self, pid: int) -> None:
        self._close_clock()
        with contextlib.suppress(OSError):  # the process may have ended already
            self._clock = os.open(f"/proc/{pid}/task/{pid}/schedstat", os.O_RDONLY | os.O_CLOEXEC)

    def _close_clock(self) -> None:
        if self._clock is not None:
            os.close(self._clock)
            self._clock = None

    def _on_error_line(self, line: str) -> None:
        self._last_errors.append(line)
        self._readers.stderr(line)

    async def _tell_end(self, process: asyncio.subprocess.Process) -> None:
        await process.wait()
        self._ended()

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
