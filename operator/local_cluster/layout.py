"""Where a cluster keeps its things: one folder, one state file, two locks.

```
DIR/kubeconfig            for people and programs
DIR/cluster/state.json    phase, ports, process ids
DIR/cluster/audit.log     every request that the policy counts, one JSON document a line
DIR/cluster/{logs,etcd,certs,credentials}/
```
"""

import fcntl
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import IO, Any, Literal

_LOCK_ATTEMPTS, _LOCK_PAUSE = 10, 0.02

Phase = Literal["starting", "running", "stopped", "failed"]


@dataclass(frozen=True)
class Ports:
    """TCP ports on 127.0.0.1."""

    etcd: int
    etcd_peer: int
    apiserver: int


@dataclass(frozen=True)
class State:
    """What the supervisor knows, as it last wrote it down."""

    phase: Phase = "stopped"
    supervisor: int | None = None
    pids: Mapping[str, int] = field(default_factory=dict)
    ports: Ports | None = None
    kubectl: str | None = None
    failure: str | None = None

    @property
    def url(self) -> str | None:
        """The API server's address."""
        return None if self.ports is None else f"https://127.0.0.1:{self.ports.apiserver}"

    def ended(self, failure: str | None = None) -> "State":
        """The same cluster without processes; its ports stay, so kubeconfigs remain valid."""
        phase: Phase = "stopped" if failure is None else "failed"
        return replace(self, phase=phase, supervisor=None, pids={}, failure=failure)


@dataclass(frozen=True)
class Layout:
    """The paths below a cluster's folder."""

    directory: Path

    @property
    def kubeconfig(self) -> Path:
        return self.directory / "kubeconfig"

    @property
    def cluster(self) -> Path:
        return self.directory / "cluster"

    @property
    def audit_log(self) -> Path:
        return self.cluster / "audit.log"

    @property
    def audit_policy(self) -> Path:
        return Path(__file__).with_name("audit-policy.yaml")

    @property
    def etcd_data(self) -> Path:
        return self.cluster / "etcd"

    @property
    def certificates(self) -> Path:
        return self.cluster / "certs"

    @property
    def serving_certificate(self) -> Path:
        """Made by the API server itself; the file holds its authority, too."""
        return self.certificates / "apiserver.crt"

    @property
    def credentials(self) -> Path:
        return self.cluster / "credentials"

    @property
    def supervisor_lock(self) -> Path:
        """Held by the supervisor as long as it lives: unlike a process id, it cannot mislead."""
        return self.cluster / "supervisor.lock"

    @property
    def command_lock(self) -> Path:
        """Held by a command that changes the cluster or its kubeconfig."""
        return self.cluster / "command.lock"

    def log(self, component: str) -> Path:
        return self.cluster / "logs" / f"{component}.log"

    def create(self) -> None:
        """Makes the folders; credentials are for their owner only."""
        for folder in (self.etcd_data, self.certificates, self.credentials, self.cluster / "logs"):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (self.etcd_data, self.credentials):
            folder.chmod(0o700)

    def read_state(self) -> State:
        """The state file; a cluster that never ran is stopped."""
        try:
            raw: dict[str, Any] = json.loads((self.cluster / "state.json").read_text())
        except FileNotFoundError:
            return State()
        ports = raw.pop("ports")
        return State(ports=None if ports is None else Ports(**ports), **raw)

    def write_state(self, state: State) -> None:
        write_private(self.cluster / "state.json", json.dumps(asdict(state), indent=2) + "\n")


def write_private(path: Path, text: str) -> None:
    """Replaces a file in one step, readable by its owner only: no reader ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w") as stream:
            stream.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the lock file, waiting for whoever has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


@contextmanager
def try_locked(path: Path) -> Iterator[bool]:
    """Holds the lock file if nobody else does; says whether.

    It tries for a moment, because whoever only asks (`is_locked`) holds the lock while asking.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as stream:
        yield any(_lock_now(stream) for _ in range(_LOCK_ATTEMPTS))


def _lock_now(stream: IO[str]) -> bool:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(_LOCK_PAUSE)
        return False
    return True


def is_locked(path: Path) -> bool:
    """Whether somebody holds the lock file. Those who ask share the lock: none sees another."""
    try:
        with path.open() as stream:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
