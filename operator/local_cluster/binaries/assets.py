"""Find the four executables, or get them.

The places are tried in this order; each one only has to provide what is still missing:

1. the directory in `KUBEBUILDER_ASSETS` (envtest's convention), and `kubectl` on PATH
2. the user's cache, `$XDG_CACHE_HOME/code24-workers/kubernetes/<version>-<os>-<arch>/`
3. release files, downloaded into the cache (`download.py`)
4. Go modules, built into the cache (`build.py`)
"""

import os
import platform
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from local_cluster.binaries.build import GoBuild, file_name
from local_cluster.binaries.download import Releases
from local_cluster.binaries.target import KUBERNETES_VERSION, NAMES, GoPlatform
from local_cluster.errors import LocalClusterError
from local_cluster.files import locked, try_locked
from local_cluster.progress import Progress
from toolchain import cache


@dataclass(frozen=True)
class Binaries:
    """Paths of the executables."""

    etcd: Path
    kube_apiserver: Path
    kube_controller_manager: Path
    kubectl: Path

    def paths(self) -> tuple[Path, Path, Path, Path]:
        """Return the paths in field order."""
        return self.etcd, self.kube_apiserver, self.kube_controller_manager, self.kubectl


class BinarySource(Protocol):
    """Provides missing executables."""

    def provide(self, names: Collection[str], folder: Path, progress: Progress) -> None:
        """Put as many of `names` as possible into `folder`, each one atomically.

        Reports executables that it cannot provide in one line of progress. Raises LocalClusterError
        for a failure of something that should have worked.
        """


def ensure(
    progress: Progress,
    *,
    environment: Mapping[str, str] = os.environ,
    sources: Sequence[BinarySource] | None = None,
) -> Binaries:
    """Return the executables, after downloading or building missing ones.

    A lock makes concurrent processes of one user wait for each other. Raises LocalClusterError if an
    executable cannot be provided.
    """
    target = GoPlatform.of(platform.system(), platform.machine())
    folder = _folder(environment, target)
    if not _missing(environment, folder):
        return _binaries(environment, folder)
    if sources is None:
        sources = (Releases(target), GoBuild(folder.parent, environment))
    folder.mkdir(parents=True, exist_ok=True)
    with _exclusive(folder.parent / f"{folder.name}.lock", progress):
        for source in sources:
            if names := _missing(environment, folder):
                source.provide(names, folder, progress)
    if names := _missing(environment, folder):
        raise LocalClusterError(f"no source has {', '.join(names)} for {target}")
    return _binaries(environment, folder)


def are_there(environment: Mapping[str, str]) -> bool:
    """Return whether no executable has to be downloaded or built first."""
    target = GoPlatform.of(platform.system(), platform.machine())
    return not _missing(environment, _folder(environment, target))


def cache_folder(environment: Mapping[str, str]) -> Path:
    """Return the directory of the executables of all versions, shared by all checkouts of the user."""
    return cache.cache_folder(environment) / "kubernetes"


def _folder(environment: Mapping[str, str], target: GoPlatform) -> Path:
    return cache_folder(environment) / f"{KUBERNETES_VERSION}-{target}"


def _missing(environment: Mapping[str, str], folder: Path) -> list[str]:
    found = _found(environment, folder)
    return [name for name in NAMES if name not in found]


def _binaries(environment: Mapping[str, str], folder: Path) -> Binaries:
    found = _found(environment, folder)
    return Binaries(*(found[name] for name in NAMES))


def _found(environment: Mapping[str, str], folder: Path) -> dict[str, Path]:
    """Return the available executables by name; `KUBEBUILDER_ASSETS` takes precedence over the cache."""
    found = {}
    for name in NAMES:
        places = [str(folder)]
        if name == "kubectl":  # any recent version works
            places.insert(0, environment.get("PATH", ""))
        if assets := environment.get("KUBEBUILDER_ASSETS"):
            places.insert(0, assets)
        path = shutil.which(name, path=os.pathsep.join(places))
        if path := path or shutil.which(file_name(name), path=str(folder)):
            found[name] = Path(path).absolute()
    return found


@contextmanager
def _exclusive(lock: Path, progress: Progress) -> Iterator[None]:
    with try_locked(lock) as free:
        if free:
            yield
            return
    progress.say("waiting for another process that prepares the same executables")
    with locked(lock):
        yield
