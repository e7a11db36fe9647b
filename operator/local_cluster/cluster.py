"""`LocalCluster`: a cluster in a folder, as seen by the programs that use it."""

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

from local_cluster import assets, credentials, processes
from local_cluster.assets import Binaries
from local_cluster.components import APISERVER
from local_cluster.errors import LocalClusterError
from local_cluster.kubeconfig import ADMIN_CONTEXT, Document, single
from local_cluster.layout import Layout, State, is_locked, locked, write_private
from local_cluster.progress import Progress

END_SECONDS = 40.0
"""How long a cluster may take to end: more than its components are given one after the other."""
OUTAGE_SECONDS = 70.0
"""How long an API server may take to stop or to start."""


@dataclass(frozen=True)
class Status:
    """What runs in a folder. `failure`: why the last run ended, if it did not end as it should."""

    up: bool
    url: str | None
    kubeconfig: Path
    audit_log: Path
    kubectl: str | None
    pids: dict[str, int]
    failure: str | None


class LocalCluster:
    """A control plane that keeps everything below `directory`; it may run already.

    As a context manager it is started on entry, tied to this process, and stopped on exit.
    """

    def __init__(self, directory: Path) -> None:
        self._layout = Layout(directory.absolute())
        self._child: subprocess.Popen[str] | None = None

    @property
    def kubeconfig(self) -> Path:
        """The admin's context `local` is current; `add_context` adds others."""
        return self._layout.kubeconfig

    @property
    def audit_log(self) -> Path:
        """See `local_cluster.audit`."""
        return self._layout.audit_log

    @property
    def url(self) -> str:
        """The API server's address."""
        return self._running().url or ""

    @property
    def kubectl(self) -> Path:
        """A kubectl that fits the server."""
        return Path(self._running().kubectl or "")

    def start(
        self,
        *,
        die_with_parent: bool = False,
        progress: Progress | None = None,
        binaries: Binaries | None = None,
    ) -> None:
        """Starts the cluster and returns when it is ready; does nothing if it is.

        `die_with_parent`: it ends when this process ends, however that happens.
        `progress` is silent and `binaries` are found (or made, which takes minutes) unless given.
        Raises LocalClusterError with the end of the failing component's log.
        """
        with locked(self._layout.command_lock), open(os.devnull, "w") as nowhere:
            if self.status().up:
                return
            reporter = progress or Progress(nowhere)
            found = binaries or assets.ensure(reporter)
            self._layout.create()
            self._spawn(found, os.getpid() if die_with_parent else None, reporter)

    def stop(self) -> None:
        """Ends the cluster and waits until nothing of it runs; its data stay."""
        with locked(self._layout.command_lock):
            supervisor = self._layout.read_state().supervisor
            if supervisor is not None and self._alive():
                problem = f"the supervisor (process {supervisor}) does not end"
                # Its lock goes a moment before the process does: both are waited for.
                with processes.ended(supervisor) as gone:
                    _signal(supervisor, signal.SIGTERM)
                    _await(lambda: not self._alive() and gone(), END_SECONDS, problem)
            if self._child is not None:
                self._child.wait()
                self._child = None

    def status(self) -> Status:
        """What runs now."""
        state = self._layout.read_state()
        alive = self._alive()
        up = alive and state.phase == "running"
        return Status(
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
        """Adds a context for the service account to the kubeconfig; the current one stays."""
        document = self._service_account(namespace, service_account, context)
        with locked(self._layout.command_lock):
            credentials.add_context(self._layout, document)

    def service_account_kubeconfig(
        self, *, namespace: str, service_account: str, output: Path, context: str | None = None
    ) -> Path:
        """Writes a kubeconfig that holds the service account alone; returns `output`.

        Its token is valid for 24 hours. Raises LocalClusterError if there is no such account.
        """
        document = self._service_account(namespace, service_account, context or service_account)
        write_private(output, yaml.safe_dump(document, sort_keys=False))
        return output

    def stop_apiserver(self) -> None:
        """An outage: the API server alone is killed, until `start_apiserver`."""
        self._order(signal.SIGUSR1, lambda state: APISERVER not in state.pids)

    def start_apiserver(self) -> None:
        """Starts the API server again, on the same port, and waits until it is ready."""
        self._order(signal.SIGUSR2, lambda state: APISERVER in state.pids)

    def restart_apiserver(self) -> None:
        """A short outage: watches break, data stay."""
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
        command = [sys.executable, "-m", "local_cluster.supervisor"]
        command += ["--dir", str(self._layout.directory)]
        command += [] if parent is None else ["--parent", str(parent)]
        command += ["--binaries", *map(str, binaries.paths())]
        # The package is found as it was found here, wherever its sources lie.
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
            raise LocalClusterError(self._why_not())
        if parent is None:
            supervisor.returncode = 0  # it stays on its own: Popen shall not miss its end
        else:
            self._child = supervisor

    def _why_not(self) -> str:
        failure = self._layout.read_state().failure
        if failure is not None:
            return failure
        log = self._layout.log("supervisor")
        return "\n  ".join([f"the supervisor ended; the end of {log}:", *processes.last_lines(log)])

    def _service_account(self, namespace: str, name: str, context: str) -> Document:
        if context == ADMIN_CONTEXT:
            raise LocalClusterError(f"the context {context} is the administrator's")
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

    def _order(self, number: signal.Signals, done: Callable[[State], bool]) -> None:
        supervisor = self._running().supervisor
        if supervisor is not None:
            _signal(supervisor, number)
        _await(
            lambda: done(self._running()), OUTAGE_SECONDS, "the API server does not stop or start"
        )


def _signal(process: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it may just have ended
        os.kill(process, number)


def _await(condition: Callable[[], bool], seconds: float, problem: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise LocalClusterError(f"{problem} within {seconds:.0f} s")
        time.sleep(0.02)
