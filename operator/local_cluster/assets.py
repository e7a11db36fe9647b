"""Finds the four programs, or makes them.

In order, each source filling in what the ones before it lack:

1. the folder in `KUBEBUILDER_ASSETS` (envtest's convention), and a `kubectl` on PATH,
2. the user's cache, `$XDG_CACHE_HOME/code24-workers/kubernetes/<version>-<os>-<arch>/`,
3. release files, downloaded into the cache (`download.py`),
4. Go modules, built into the cache (`build.py`).
"""

import os
import platform
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from local_cluster.build import GoBuild
from local_cluster.download import Releases
from local_cluster.errors import LocalClusterError
from local_cluster.layout import locked, try_locked
from local_cluster.progress import Progress
from local_cluster.target import KUBERNETES_VERSION, NAMES, Target
from toolchain import cache


@dataclass(frozen=True)
class Binaries:
    """Paths of the programs."""

    etcd: Path
    kube_apiserver: Path
    kube_controller_manager: Path
    kubectl: Path

    def paths(self) -> tuple[Path, Path, Path, Path]:
        """In the order of the fields."""
        return self.etcd, self.kube_apiserver, self.kube_controller_manager, self.kubectl


class Source(Protocol):
    """A way to get programs that are not there yet."""

    def provide(self, names: Collection[str], folder: Path, progress: Progress) -> None:
        """Puts those of `names` that it can get into `folder`, each in one step.

        What it cannot get it says in one line; LocalClusterError is for what should have worked.
        """


def ensure(
    progress: Progress,
    *,
    environment: Mapping[str, str] = os.environ,
    sources: Sequence[Source] | None = None,
) -> Binaries:
    """The programs; makes what is missing, one process of this user at a time.

    Raises LocalClusterError if something cannot be made.
    """
    target = Target.of(platform.system(), platform.machine())
    folder = cache_folder(environment) / f"{KUBERNETES_VERSION}-{target}"
    if not _missing(environment, folder):
        return _binaries(environment, folder)
    if sources is None:
        sources = (Releases(target), GoBuild(folder.parent, environment))
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder.parent / f"{folder.name}.lock", progress):
        for source in sources:
            if names := _missing(environment, folder):
                source.provide(names, folder, progress)
    if names := _missing(environment, folder):
        raise LocalClusterError(f"no source has {', '.join(names)} for {target}")
    return _binaries(environment, folder)


def cache_folder(environment: Mapping[str, str]) -> Path:
    """Where the programs of all versions are kept, for all checkouts of this user."""
    return cache.cache_folder(environment) / "kubernetes"


def _missing(environment: Mapping[str, str], folder: Path) -> list[str]:
    found = _found(environment, folder)
    return [name for name in NAMES if name not in found]


def _binaries(environment: Mapping[str, str], folder: Path) -> Binaries:
    found = _found(environment, folder)
    return Binaries(*(found[name] for name in NAMES))


def _found(environment: Mapping[str, str], folder: Path) -> dict[str, Path]:
    """What is there, by name; the folder that the user names comes before ours."""
    found = {}
    for name in NAMES:
        places = [str(folder)]
        if name == "kubectl":  # any version of the last years will do
            places.insert(0, environment.get("PATH", ""))
        if assets := environment.get("KUBEBUILDER_ASSETS"):
            places.insert(0, assets)
        if path := shutil.which(name, path=os.pathsep.join(places)):
            found[name] = Path(path).absolute()
    return found


@contextmanager
def _alone(lock: Path, progress: Progress) -> Iterator[None]:
    with try_locked(lock) as free:
        if free:
            yield
            return
    progress.say("waiting for another process that makes the same programs")
    with locked(lock):
        yield
