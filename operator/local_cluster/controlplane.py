"""Starts and ends the three components in order, and says when they are ready.

Everything here runs in the supervisor's only thread.
"""

import http.client
import subprocess
import time
from collections.abc import Callable, Sequence
from http.client import HTTPException
from os import getpid
from pathlib import Path

from local_cluster import components, credentials, ports, processes
from local_cluster.assets import Binaries
from local_cluster.components import APISERVER, CONTROLLERS, ETCD
from local_cluster.errors import LocalClusterError
from local_cluster.layout import Layout, Phase, Ports, State
from local_cluster.progress import Progress, Step

READY_SECONDS = 60.0
"""How long a component may take to get ready; two seconds are usual."""
STOP_SECONDS = {ETCD: 10.0, APISERVER: 0.0, CONTROLLERS: 10.0}
"""How long a component may take to end before it is killed. The API server gets no time: it would
wait for the watches of its clients, and has nothing to lose, as its data are etcd's."""
PORT_ATTEMPTS = 4
"""How often other ports are tried when another program was faster."""
_POLL_SECONDS = 0.03


class Interrupted(Exception):
    """The cluster is to end while it is still starting."""


class ComponentError(LocalClusterError):
    """A component died or does not get ready; the text ends with the last lines of its log."""

    def __init__(self, component: str, problem: str, log: Path) -> None:
        tail = processes.last_lines(log)
        self.port_taken = any("address already in use" in line for line in tail)
        super().__init__("\n  ".join([f"{component} {problem}; the end of {log}:", *tail]))


class ControlPlane:
    """etcd, API server and controllers of one cluster; `interrupted` is asked while waiting."""

    def __init__(
        self,
        layout: Layout,
        binaries: Binaries,
        progress: Progress,
        interrupted: Callable[[], bool],
    ) -> None:
        self._layout = layout
        self._binaries = binaries
        self._progress = progress
        self._interrupted = interrupted
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._credentials = credentials.prepare(layout)
        self._ports: Ports | None = layout.read_state().ports

    def start(self) -> None:
        """Starts everything and waits until it is ready. Raises ComponentError or Interrupted."""
        for attempt in range(1, PORT_ATTEMPTS + 1):
            self._ports = ports.choose(self._ports)
            try:
                self._start_all(self._ports)
            except ComponentError as failure:
                if not failure.port_taken or attempt == PORT_ATTEMPTS:
                    raise
                self._progress.say("  a port was taken by another program: trying others")
                self.stop()
                self._ports = None
            else:
                return

    def stop(self) -> None:
        """Ends what runs: clients first, so that nobody waits for a server that is gone."""
        for name in (CONTROLLERS, APISERVER, ETCD):
            self._stop(name)

    def dead(self) -> ComponentError | None:
        """The component that ended by itself, if there is one."""
        for name, process in self._running.items():
            if process.poll() is not None:
                problem = f"ended with exit code {process.returncode}"
                return ComponentError(name, problem, self._layout.log(name))
        return None

    def kill_apiserver(self) -> None:
        """An outage: clients see broken connections, as after a crash."""
        self._stop(APISERVER)
        self._write_state()

    def start_apiserver(self) -> None:
        """Starts the API server on its old port and waits until it is ready."""
        self._start_apiserver(self._chosen())
        with self._progress.step(APISERVER) as step:
            self._await(APISERVER, self._apiserver_ready, step)
        self._write_state()

    def _start_all(self, chosen: Ports) -> None:
        for name in (ETCD, APISERVER, CONTROLLERS):
            self._layout.log(name).unlink(missing_ok=True)  # a log tells of one run
        self._start(ETCD, components.etcd(self._binaries.etcd, self._layout, chosen))
        self._start_apiserver(chosen)  # it waits for etcd by itself
        self._write_state("starting")
        with self._progress.step(f"etcd on 127.0.0.1:{chosen.etcd}") as step:
            self._await(ETCD, self._etcd_ready, step)
        with self._progress.step(f"kube-apiserver on 127.0.0.1:{chosen.apiserver}") as step:
            self._await(APISERVER, self._apiserver_ready, step)
        credentials.write_kubeconfigs(self._layout, self._credentials, self._url())
        command = components.controllers(self._binaries.kube_controller_manager, self._credentials)
        self._start(CONTROLLERS, command)
        with self._progress.step("namespaces and service accounts") as step:
            self._await(CONTROLLERS, self._controllers_ready, step)
        self._write_state("running")

    def _start_apiserver(self, chosen: Ports) -> None:
        command = components.apiserver(
            self._binaries.kube_apiserver, self._layout, chosen, self._credentials
        )
        self._start(APISERVER, command)

    def _start(self, name: str, command: Sequence[str]) -> None:
        self._running[name] = processes.start_logged(command, log=self._layout.log(name))

    def _stop(self, name: str) -> None:
        process = self._running.pop(name, None)
        if process is not None:
            processes.stop(process, patience=STOP_SECONDS[name])

    def _await(self, name: str, ready: Callable[[], bool], step: Step) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not _holds(ready):
            if self._interrupted():
                raise Interrupted
            if (failure := self.dead()) is not None:
                raise failure
            if time.monotonic() > deadline:
                problem = f"is not ready after {READY_SECONDS:.0f} s"
                raise ComponentError(name, problem, self._layout.log(name))
            step.update()
            time.sleep(_POLL_SECONDS)

    def _etcd_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._chosen().etcd, timeout=5)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        finally:
            connection.close()

    def _apiserver_ready(self) -> bool:
        return self._answers("/readyz")

    def _controllers_ready(self) -> bool:
        # The account is made by a controller, in a namespace that the API server makes.
        return self._answers("/api/v1/namespaces/default/serviceaccounts/default")

    def _answers(self, path: str) -> bool:
        client = credentials.admin_client(self._layout, self._credentials, self._url())
        return client.get(path) == 200

    def _chosen(self) -> Ports:
        if self._ports is None:
            raise LocalClusterError("the cluster was not started")
        return self._ports

    def _url(self) -> str:
        return f"https://127.0.0.1:{self._chosen().apiserver}"

    def _write_state(self, phase: Phase | None = None) -> None:
        old = self._layout.read_state()
        self._layout.write_state(
            State(
                phase=old.phase if phase is None else phase,
                supervisor=getpid(),
                pids={name: process.pid for name, process in self._running.items()},
                ports=self._ports,
                kubectl=str(self._binaries.kubectl),
            )
        )


def _holds(ready: Callable[[], bool]) -> bool:
    """A server that cannot be asked yet is not ready yet."""
    try:
        return ready()
    except (OSError, HTTPException):
        return False
