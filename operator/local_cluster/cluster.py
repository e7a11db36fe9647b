"""`LocalCluster`: the interface of a cluster for programs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import yaml

from local_cluster import processes
from local_cluster.access import credentials
from local_cluster.access.kubeconfig import ADMIN_CONTEXT, Document, single
from local_cluster.binaries import assets
from local_cluster.binaries.assets import Binaries
from local_cluster.errors import LocalClusterError
from local_cluster.files import is_locked, locked, write_private
from local_cluster.layout import Layout, State
from local_cluster.progress import Progress
from local_cluster.run.components import APISERVER

END_SECONDS = 40.0
"""How long a cluster may take to stop; exceeds the sum of its components' limits."""
OUTAGE_SECONDS = 70.0
"""How long the API server may take to stop or start."""


@dataclass(frozen=True)
class ClusterStatus:
    """The processes of a cluster. `failure` is the reason why the last run failed, if it did."""

    up: bool
    url: str | None
    kubeconfig: Path
    audit_log: Path
    kubectl: str | None
    pids: dict[str, int]
    failure: str | None


class LocalCluster:
    """A control plane that keeps all its files below `directory`; it may be running already.

    As a context manager it starts the cluster on entry and stops it on exit; the cluster also ends
    with this process.
    """

    def __init__(self, directory: Path) -> None:
        self._layout = Layout(directory.absolute())
        self._child: subprocess.Popen[str] | None = None

    @property
    def kubeconfig(self) -> Path:
        """Path of the kubeconfig. Its current context is the admin's, `local`; `add_context` adds others."""
        return self._layout.kubeconfig

    @property
    def audit_log(self) -> Path:
        """Path of the audit log; see `local_cluster.audit`."""
        return self._layout.audit_log

    @property
    def url(self) -> str:
        """URL of the API server."""
        return self._running().url or ""

    @property
    def kubectl(self) -> Path:
        """Path of a kubectl that matches the server."""
        return Path(self._running().kubectl or "")

    def start(
        self,
        *,
        die_with_parent: bool = False,
        progress: Progress | None = None,
        binaries: Binaries | None = None,
    ) -> None:
        """Start the cluster and return when it is ready; do nothing if it is running.

        With `die_with_parent`, the cluster ends when this process ends, even by SIGKILL. Without
        `progress`, nothing is printed. Without `binaries`, they are located first (or downloaded or
        built, which takes minutes). Raises LocalClusterError with the last lines of the failing
        component's log.
        """
        with locked(self._layout.command_lock), open(os.devnull, "w") as nowhere:
            if self.status().up:
                return
            reporter = progress or Progress(nowhere)
            found = binaries or assets.ensure(reporter)
            self._layout.create()
            self._spawn(found, os.getpid() if die_with_parent else None, reporter)

    def stop(self) -> None:
        """Stop the cluster and wait until all its processes have ended; its data are kept."""
        with locked(self._layout.command_lock):
            supervisor = self._layout.read_state().supervisor
            if supervisor is not None and self._alive():
                problem = f"the supervisor (process {supervisor}) did not exit"
                # The lock is released a moment before the process ends: wait for both.
                with processes.ended(supervisor) as gone:
                    _signal(supervisor, signal.SIGTERM)
                    _await(lambda: not self._alive() and gone(), END_SECONDS, problem)
            if self._child is not None:
                self._child.wait()
                self._child = None

    def status(self) -> ClusterStatus:
        """Return the current status."""
        state = self._layout.read_state()
        alive = self._alive()
        up = alive and state.phase == "running"
        return ClusterStatus(
            up=up,
            url=state.url if up else None,
            kubeconfig=self.kubeconfig,
            audit_log=self.audit_log,
            kubectl=state.kubectl,
            pids={"supervisor": state.supervisor, **state.pids}
            if alive and state.supervisor
            else {},
            failure=None if alive else state.failure,
        )

    def add_context(self, *, namespace: str, service_account: str, context: str) -> None:
        """Add a context for the service account to the kubeconfig; the current context is kept."""
        document = self._service_account(namespace, service_account, context)
        with locked(self._layout.command_lock):
            credentials.add_context(self._layout, document)

    def service_account_kubeconfig(
        self, *, namespace: str, service_account: str, output: Path, context: str | None = None
    ) -> Path:
        """Write a kubeconfig with the service account only, and return `output`.

        Its token is valid for 24 hours. Raises LocalClusterError if the account does not exist.
        """
        document = self._service_account(namespace, service_account, context or service_account)
        write_private(output, yaml.safe_dump(document, sort_keys=False))
        return output

    def stop_apiserver(self) -> None:
        """Kill only the API server, until `start_apiserver`."""
        self._send(signal.SIGUSR1, lambda state: APISERVER not in state.pids)

    def start_apiserver(self) -> None:
        """Restart the API server on the same port and wait until it is ready."""
        self._send(signal.SIGUSR2, lambda state: APISERVER in state.pids)

    def restart_apiserver(self) -> None:
        """Kill and restart the API server; watches break, data are kept."""
        self.stop_apiserver()
        self.start_apiserver()

    def __enter__(self) -> Self:
        self.start(die_with_parent=True)
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _spawn(self, binaries: Binaries, parent: int | None, progress: Progress) -> None:
        command = [sys.executable, "-m", "local_cluster.run.supervisor"]
        command += ["--dir", str(self._layout.directory)]
        command += [] if parent is None else ["--parent", str(parent)]
        command += ["--binaries", *map(str, binaries.paths())]
        # The child imports the package from the same location as this process.
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
        with self._layout.log("supervisor").open("wb") as log:
            supervisor = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
                text=True,
                start_new_session=True,
            )
        try:
            with supervisor.stdout or open(os.devnull) as lines:
                for line in lines:
                    progress.say(line.rstrip("\n"))
        except BaseException:
            processes.stop(supervisor, patience=END_SECONDS)
            raise
        if not self.status().up:
            supervisor.wait()
            raise LocalClusterError(self._failure())
        if parent is None:
            supervisor.returncode = 0  # it outlives this process: keep Popen from warning
        else:
            self._child = supervisor

    def _failure(self) -> str:
        failure = self._layout.read_state().failure
        if failure is not None:
            return failure
        log = self._layout.log("supervisor")
        return "\n  ".join(
            [f"the supervisor exited; the end of {log}:", *processes.last_lines(log)]
        )

    def _service_account(self, namespace: str, name: str, context: str) -> Document:
        if context == ADMIN_CONTEXT:
            raise LocalClusterError(f"the context {context} is reserved for the administrator")
        url = self._running().url or ""
        client = credentials.admin_client(self._layout, credentials.prepare(self._layout), url)
        token = credentials.service_account_token(client, namespace=namespace, name=name)
        authority = self._layout.serving_certificate.read_text()
        return single(url=url, authority=authority, context=context, token=token)

    def _alive(self) -> bool:
        if self._child is not None:
            self._child.poll()
        return is_locked(self._layout.supervisor_lock)

    def _running(self) -> State:
        if not self.status().up:
            raise LocalClusterError(f"no cluster runs in {self._layout.directory}")
        return self._layout.read_state()

    def _send(self, number: signal.Signals, done: Callable[[State], bool]) -> None:
        supervisor = self._running().supervisor
        if supervisor is not None:
            _signal(supervisor, number)
        _await(
            lambda: done(self._running()), OUTAGE_SECONDS, "the API server did not stop or start"
        )


def _signal(process: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it may have just ended
        os.kill(process, number)


def _await(condition: Callable[[], bool], seconds: float, problem: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise LocalClusterError(f"{problem} within {seconds:.0f} s")
        time.sleep(0.02)
