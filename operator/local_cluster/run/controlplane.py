"""Start and stop the three components in order, and wait until they are ready.

This code runs in the supervisor's only thread.
"""

import http.client
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from http.client import HTTPException
from pathlib import Path

from local_cluster import processes
from local_cluster.access import credentials
from local_cluster.binaries.assets import Binaries
from local_cluster.errors import LocalClusterError
from local_cluster.layout import Layout, Phase, Ports, State
from local_cluster.progress import Progress, Step
from local_cluster.run import components, ports
from local_cluster.run.components import APISERVER, CONTROLLERS, ETCD

READY_SECONDS = 60.0
"""How long a component may take to become ready; two seconds are typical."""
STOP_SECONDS = {ETCD: 10.0, APISERVER: 0.0, CONTROLLERS: 10.0}
"""How long a component may take to exit before it is killed.

The API server is killed at once: it would wait for its clients' watches, and it holds no data."""
PORT_ATTEMPTS = 4
"""How many sets of ports are tried if other programs take them first."""
_POLL_SECONDS = 0.03


class Interrupted(Exception):
    """The cluster was told to stop while it was starting."""


class ComponentError(LocalClusterError):
    """A component died or did not become ready; the text ends with the last lines of its log."""

    def __init__(self, component: str, problem: str, log: Path) -> None:
        tail = processes.last_lines(log)
        self.port_taken = any("address already in use" in line for line in tail)
        super().__init__("\n  ".join([f"{component} {problem}; the end of {log}:", *tail]))


class ControlPlane:
    """The components of one cluster: etcd, API server and controllers.

    `interrupted` is polled while waiting; if it returns True, `start` raises Interrupted.
    """

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
        """Start all components and wait until they are ready. Raises ComponentError or Interrupted."""
        for attempt in range(1, PORT_ATTEMPTS + 1):
            self._ports = ports.choose(self._ports)
            try:
                self._start_all(self._ports)
            except ComponentError as failure:
                if not failure.port_taken or attempt == PORT_ATTEMPTS:
                    raise
                self._progress.say("  another program took a port: trying others")
                self.stop()
                self._ports = None
            else:
                return

    def stop(self) -> None:
        """Stop all running components, clients before servers."""
        for name in (CONTROLLERS, APISERVER, ETCD):
            self._stop(name)

    def dead(self) -> ComponentError | None:
        """Return an error for a component that exited on its own, or None."""
        for name, process in self._running.items():
            if process.poll() is not None:
                problem = f"ended with exit code {process.returncode}"
                return ComponentError(name, problem, self._layout.log(name))
        return None

    def kill_apiserver(self) -> None:
        """Kill the API server; clients see broken connections, as after a crash."""
        self._stop(APISERVER)
        self._write_state()

    def start_apiserver(self) -> None:
        """Start the API server on its old port and wait until it is ready."""
        self._start_apiserver(self._chosen())
        with self._progress.step(APISERVER) as step:
            self._await(APISERVER, self._apiserver_ready, step)
        self._write_state()

    def _start_all(self, chosen: Ports) -> None:
        for name in (ETCD, APISERVER, CONTROLLERS):
            self._layout.log(name).unlink(missing_ok=True)  # a log covers one run
        self._start(ETCD, components.etcd(self._binaries.etcd, self._layout, chosen))
        self._start_apiserver(chosen)  # it waits for etcd itself
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
        # The API server collects garbage half as often as by default, which saves a tenth of its CPU time.
        environment = {"GOGC": "200", **os.environ}
        log = self._layout.log(name)
        self._running[name] = processes.start_logged(command, log=log, environment=environment)

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
        # A controller creates this account, in a namespace that the API server creates.
        return self._answers("/api/v1/namespaces/default/serviceaccounts/default")

    def _answers(self, path: str) -> bool:
        client = credentials.admin_client(self._layout, self._credentials, self._url())
        return client.get(path) == 200

    def _chosen(self) -> Ports:
        if self._ports is None:
            raise LocalClusterError("the cluster has not been started")
        return self._ports

    def _url(self) -> str:
        return f"https://127.0.0.1:{self._chosen().apiserver}"

    def _write_state(self, phase: Phase | None = None) -> None:
        old = self._layout.read_state()
        self._layout.write_state(
            State(
                phase=old.phase if phase is None else phase,
                supervisor=os.getpid(),
                pids={name: process.pid for name, process in self._running.items()},
                ports=self._ports,
                kubectl=str(self._binaries.kubectl),
            )
        )


def _holds(ready: Callable[[], bool]) -> bool:
    """Call `ready`; a server that does not accept requests yet is not ready."""
    try:
        return ready()
    except (OSError, HTTPException):
        return False
